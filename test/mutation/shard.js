// A process that tries some mutants: those that tests reach in one run of all tests, those that are reached while modules
// load each in a run of its own.
import { appendFileSync, readFileSync } from 'node:fs'
import { createVitest } from 'vitest/node'
import { onOrphaned } from '../../.ci/orphan.js'
import { keyOf, lastNoticed, mutate } from './mutants.js'

/** Who would notice that the contract says something else. */
const contractTests = ['test/contract', 'test/collector']

const { MUTANTS = '[]', RESULT_FILE = '' } = process.env
/** @type {string[]} */
const mine = JSON.parse(MUTANTS)
/** @param {object} line */
const say = (line) => appendFileSync(RESULT_FILE, `${JSON.stringify(line)}\n`)

onOrphaned(() => process.exit(1))

const { mutants, sources } = await mutate(JSON.parse(process.env.MUTATED_FILES ?? '[]'))
const places = mutants.map(({ id, fileName, location }) => ({ id, file: fileName, line: location.start.line }))
const last = lastNoticed()
const known = mutants.flatMap((mutant) => {
  const noticedBy = last[keyOf(mutant)]
  return noticedBy ? [{ file: mutant.fileName, line: mutant.location.start.line, noticedBy }] : []
})
/** @type {import('vite').Plugin} */
const mutated = {
  name: 'mutants',
  enforce: 'pre',
  transform: (_code, id) => sources.get(id.replace(/\?.*/, '')) ?? null,
}
const vitest = await createVitest(
  'test',
  { config: 'test/mutation/vitest.config.ts', watch: false, reporters: [{}] },
  { plugins: [mutated] },
)
const { length: fileCount } = await vitest.globTestSpecifications()
const failed = await run({ only: null, mine, places, known, fileCount, resultFile: RESULT_FILE })
if (failed) {
  console.error(`a test fails with no mutant in it: ${failed}`)
  process.exit(1)
}

const lines = readFileSync(RESULT_FILE, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line))
const noticed = new Set(lines.filter(({ noticedBy }) => noticedBy).map(({ id }) => id))
const whileLoading = new Set(lines.flatMap(({ reachedWhileLoading }) => reachedWhileLoading ?? []))
vitest.config.bail = 1
for (const project of vitest.projects) project.config.bail = 1
const alone = { mine: [], places: [], known: [], fileCount, resultFile: RESULT_FILE }
for (const { id, file } of places) {
  if (!mine.includes(id) || noticed.has(id) || !whileLoading.has(id)) continue
  say({ trying: id })
  const noticedBy = await run({ ...alone, only: id }, file.includes('/src/contract/') ? contractTests : ['test/script'])
  if (noticedBy) say({ id, noticedBy })
}
await vitest.close()
process.exit(0)

/**
 * @param {import('./mutant-runner.ts').MutantTask} task
 * @param {readonly string[]} [folders] of the tests, all without
 * @returns {Promise<string | undefined>} the first test that fails
 */
async function run(task, folders) {
  vitest.provide('task', task)
  vitest.state.filesMap.clear()
  await vitest.start(folders && [...folders])
  const files = vitest.state.getFiles()
  const broken = files.find(({ result }) => result?.state === 'fail')
  return broken && (failedTestIn(broken) ?? broken.name)
}

/**
 * @param {import('vitest/node').RunnerTestSuite} suite
 * @returns {string | undefined}
 */
function failedTestIn(suite) {
  for (const task of suite.tasks) {
    if (task.type === 'suite') {
      const found = failedTestIn(task)
      if (found) return found
    } else if (task.result?.state === 'fail') return task.fullName ?? task.name
  }
  return
}
