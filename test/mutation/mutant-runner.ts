import { EventEmitter } from 'node:events'
import { appendFileSync } from 'node:fs'
import type { RunnerTestCase } from 'vitest'
import { vi } from 'vitest'
import { VitestTestRunner } from 'vitest/runners'

/** What is mutated looks here which mutant is active, and counts what was reached. */
interface Switches {
  activeMutant: string | undefined
  currentTestId: string | undefined
  hitCount: number | undefined
  hitLimit: number | undefined
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
}

/** Where a mutant is. */
export interface MutantPlace {
  id: string
  file: string
  line: number
}

/** What a run is told. */
export interface MutantTask {
  /** A mutant that is active from the start, for one that is reached while modules load: each test runs once. */
  only: string | null
  /** Of all of them. */
  places: MutantPlace[]
  /** Those to try. */
  mine: string[]
  /** What was noticed before: by which test, and where. */
  known: { file: string; line: number; noticedBy: string }[]
  /** How many files of tests there are: mutants are tried once it is known what each reaches. */
  fileCount: number
  /** File of JSON lines that says what became of each. */
  resultFile: string
}

declare module 'vitest' {
  interface ProvidedContext {
    task: MutantTask
  }
}

/** So many of the quick tests that reach a mutant are run with it, likeliest first. */
const mostQuickTests = 150

/** And so many of those that take longer as they are than `quickMs`. */
const mostSlowTests = 2
const quickMs = 500

/** One that takes even longer is run with none: what only it notices is worth a quicker one. */
const longestAsItIsMs = 5_000

/** Mutants that few tests reach, of those within so many lines, tell which tests are about that place. */
const nearLines = 15

/** Longest time that a test may take with a mutant in it, in milliseconds, beside ten times its own. */
const patienceMs = 5_000

/** A loop that comes by this many times more than without the mutant has no end. */
const hitFactor = 100

// Each run of a test listens to the same signal.
EventEmitter.defaultMaxListeners = 0

// Taken now: a test may put a fake clock in their place.
const setTimer = globalThis.setTimeout
const now = performance.now.bind(performance)
const page = globalThis as { __stryker__?: Partial<Switches> }
page.__stryker__ ??= {}
const switches = page.__stryker__ as Switches

/** A test that has passed, and how often it comes by each mutant. */
interface PassedTest {
  name: string
  run(): unknown
  /** How long it took the second time, in milliseconds. */
  ms: number
  reached: Record<string, number>
  /** Whether it fails now with no mutant: one that was tried has left something behind. */
  isSpoiled: boolean
}

/** Runs each test as it is, then with each mutant those that reach it, until one notices. */
export default class MutantRunner extends VitestTestRunner {
  readonly #task: MutantTask = this.injectValue('task')
  readonly #passed: PassedTest[] = []
  #filesRun = 0

  override onCollectStart(file: Parameters<VitestTestRunner['onCollectStart']>[0]): void {
    super.onCollectStart(file)
    switches.activeMutant = this.#task.only ?? undefined
    switches.currentTestId = undefined
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = VitestTestRunner.getTestFn(test)
    switches.currentTestId = test.id
    await run()
    switches.currentTestId = 'between tests'
    const reached = switches.mutantCoverage?.perTest[test.id] ?? {}
    this.#passed.push({ name: test.fullName ?? test.name, run, ms: 0, reached: { ...reached }, isSpoiled: false })
  }

  override async onAfterRunFiles(): Promise<void> {
    super.onAfterRunFiles()
    if (this.#task.only !== null || ++this.#filesRun < this.#task.fileCount) return
    this.#say({ reachedWhileLoading: Object.keys(switches.mutantCoverage?.static ?? {}) })
    const repeatable: PassedTest[] = []
    for (const test of this.#passed) if (await passesAgain(test)) repeatable.push(test)
    this.#say({ tests: this.#passed.length, repeatable: repeatable.length })
    const places = new Map(this.#task.places.map((place) => [place.id, place]))
    const known = [...this.#task.known]
    const likeliest = likeliestTests(repeatable, this.#task.places, known)
    for (const id of this.#task.mine) {
      const place = places.get(id) as MutantPlace
      const noticedBy = await firstThatNotices(likeliest(place), id, this.#say)
      if (!noticedBy) continue
      this.#say({ id, noticedBy })
      known.push({ ...place, noticedBy })
    }
  }

  #say = (line: object): void => appendFileSync(this.#task.resultFile, `${JSON.stringify(line)}\n`)
}

/** Whether it passes a second time, after the others, and soon: else it would fail with any mutant. */
async function passesAgain(test: PassedTest): Promise<boolean> {
  const startedAt = now()
  try {
    await test.run()
    test.ms = now() - startedAt
    return test.ms <= longestAsItIsMs
  } catch {
    return false
  } finally {
    tidyUp()
  }
}

const fileOf = (testName: string): string => testName.replace(/ > .*/s, '')

/**
 * Says which tests reach a mutant, likeliest first: those that noticed others close to it, those beside them in their
 * file, and those that soon reach what few others do close to it.
 */
function likeliestTests(tests: readonly PassedTest[], places: readonly MutantPlace[], known: MutantTask['known']) {
  const reachedBy = (id: string) => tests.filter(({ reached }) => id in reached)
  const testsIn = new Map<string, number>()
  for (const { name } of tests) testsIn.set(fileOf(name), (testsIn.get(fileOf(name)) ?? 0) + 1)
  const counts = new Map(places.map(({ id }) => [id, reachedBy(id).length]))
  return ({ id, file, line }: MutantPlace): PassedTest[] => {
    const near = places.filter((other) => other.file === file && Math.abs(other.line - line) <= nearLines)
    const rarityOf = ({ reached, ms }: PassedTest) =>
      near.reduce((sum, other) => sum + (other.id in reached ? 1 / (counts.get(other.id) ?? 1) : 0), 0) /
      Math.sqrt(ms + 10)
    const noticed = new Map<string, number>()
    const add = (name: string, weight: number) => noticed.set(name, (noticed.get(name) ?? 0) + weight)
    for (const other of known) {
      if (other.file !== file) continue
      const nearness = 1 / (1 + Math.abs(other.line - line) / nearLines)
      const testFile = fileOf(other.noticedBy)
      add(other.noticedBy, nearness)
      add(testFile, nearness / (testsIn.get(testFile) ?? 1))
    }
    const weightOf = (test: PassedTest) =>
      (noticed.get(test.name) ?? 0) + (noticed.get(fileOf(test.name)) ?? 0) + rarityOf(test)
    const inOrder = reachedBy(id)
      .map((test) => ({ test, weight: weightOf(test) }))
      .sort((one, other) => other.weight - one.weight)
      .map(({ test }) => test)
    const isQuick = ({ ms }: PassedTest) => ms <= quickMs
    const slow = inOrder.filter((test) => !isQuick(test))
    return [...inOrder.filter(isQuick).slice(0, mostQuickTests), ...slow.slice(0, mostSlowTests)]
  }
}

/**
 * A test that notices must pass again without the mutant: one that doesn't stumbles over what a mutant left behind, says
 * nothing, and is run no more.
 */
async function firstThatNotices(
  tests: readonly PassedTest[],
  id: string,
  say: (line: object) => void,
): Promise<string | undefined> {
  if (tests.length > 0) say({ trying: id })
  for (const test of tests) {
    if (test.isSpoiled || (await passesWith(id, test))) continue
    if ((await passesWith(undefined, test)) || (await passesLater(test))) return test.name
    test.isSpoiled = true
    say({ spoiled: test.name, by: id })
  }
  return
}

/** Whether it passes once what a mutant set going, and nobody waits for any more, has come to its end. */
async function passesLater(test: PassedTest): Promise<boolean> {
  await new Promise((resolve) => setTimer(resolve, patienceMs))
  return passesWith(undefined, test)
}

async function passesWith(mutant: string | undefined, { run, ms, reached }: PassedTest): Promise<boolean> {
  const hitLimit = mutant === undefined ? undefined : (reached[mutant] ?? 1) * hitFactor
  Object.assign(switches, { activeMutant: mutant, hitCount: mutant && 0, hitLimit })
  let timer: ReturnType<typeof setTimer> | undefined
  try {
    const overdue = new Promise((_, reject) => {
      timer = setTimer(() => reject(new Error('overdue')), patienceMs + 10 * ms)
    })
    await Promise.race([run(), overdue])
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    Object.assign(switches, { activeMutant: undefined, hitCount: undefined })
    tidyUp()
  }
}

/** What a test leaves that another would stumble over. */
function tidyUp(): void {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
}
