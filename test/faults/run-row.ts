import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserUnderTest } from './browsers.ts'
import { coreComes, hasFetchLater, isLazy, settleMs } from './form.ts'
import type { Against, Outcome, Row, RowPromise } from './row.ts'
import { describeBody, ranges } from './said.ts'
import { openStage, type Stage, until } from './stage.ts'

/** How long the next visit's page may take to look at what earlier ones left, in milliseconds. */
const openedMs = 1_000

/** No request for so long, in milliseconds: what a browser sends for a page that is gone has come by then. */
const quietMs = 400

/** How long what was promised for the first page life may take to come after its end, in milliseconds. */
const lateMs = 3_000

/** How long a run may take before it counts as hung, in milliseconds. */
const runMs = 120_000

/** How long the next visit may take to deliver, in milliseconds. */
const nextVisitMs = 20_000

/** What a row promises in this browser, and with this tag: a lazy one whose core never comes promises the next visit. */
export function promiseOf({ promise, needsFetchLater, early }: Row): RowPromise {
  const { firstLife, afterNext } = isLazy ? { ...promise, ...early } : promise
  return (needsFetchLater && !hasFetchLater) || coreComes === 'never'
    ? { firstLife: 0, afterNext }
    : { firstLife, afterNext }
}

/** Runs a row once. */
export async function runRow(row: Row, against: Against, browser: BrowserUnderTest): Promise<Outcome> {
  const stage = await openStage(row, against, browser)
  try {
    return await Promise.race([
      runOn(stage, row),
      wait(runMs, null, { ref: false }).then(() =>
        Promise.reject(new Error(`took over ${runMs} ms\n${evidence(stage)}`)),
      ),
    ])
  } finally {
    await stage.close()
  }
}

async function runOn(stage: Stage, row: Row): Promise<Outcome> {
  const { recorded = 10, nextVisit = visitAgain } = row
  const promise = promiseOf(row)
  const distinct = async () => new Set(await stage.numbers()).size
  const misses: string[] = []
  const expect = (holds: boolean, miss: string) => {
    if (!holds) misses.push(miss)
  }

  const attempt = async (work: () => Promise<void> | void | undefined) => {
    try {
      await work()
    } catch (error) {
      misses.push(error instanceof Error ? error.message : String(error))
    }
  }

  await attempt(() => row.firstLife(stage))
  await stage.closeTabs()
  await until(async () => (await distinct()) >= promise.firstLife, lateMs)
  await stage.line.quiet(quietMs)
  const firstLife = await distinct()
  expect(firstLife >= promise.firstLife, `first page life: ${firstLife} of ${recorded}`)

  stage.line.heal()
  stage.site.heal()
  let afterNext: number | null = null
  if (nextVisit) {
    await attempt(() => nextVisit(stage))
    await stage.closeTabs()
    await stage.line.quiet(quietMs)
    afterNext = await distinct()
    expect(afterNext >= promise.afterNext, `after the next visit: ${afterNext} of ${recorded}`)
  }
  const numbers = await stage.numbers()
  const whole = promise.afterNext
  const shortAtEnd = new Set(numbers).size < (nextVisit ? whole : promise.firstLife)
  const inTurn = !isLazy || row.early?.inTurn !== false
  expect(isInOrder(numbers) || !inTurn, `in the order of ${ranges(numbers)}`)
  // Without its core the first page sends once, at its end: what a row says of its retries isn't for it.
  if (coreComes !== 'never') await attempt(() => row.check?.(stage))
  const { requests } = stage.line
  if (misses.length) misses.push(evidence(stage))
  return {
    recorded,
    firstLife,
    afterNext,
    largestBody: Math.max(0, ...requests.map(({ bytes }) => bytes)),
    shortAtEnd,
    largestLocalStorage: stage.largestLocalStorage(),
    requests: requests.length,
    misses,
  }

  /** A new tab on the same site, until everything is delivered. */
  async function visitAgain(): Promise<void> {
    // A page that crashed without its core is known to be gone after a minute.
    const page = await stage.open(isLazy ? { head: aMinuteLater } : {})
    await until(async () => (await distinct()) >= recorded, nextVisitMs)
    await until(() => page.evaluate(hasOpened), openedMs)
    if (!(await stage.delivered(page, 0, settleMs))) return
    const left = await page.evaluate(() => window.faults.localStorageCharacters())
    expect(left <= maxLeftCharacters, `${left} characters stay in localStorage after a clean delivery`)
  }
}

/** What may stay in the site's localStorage after a clean delivery, in characters. */
const maxLeftCharacters = 512

const aMinuteLater = '<script>{ const now = Date.now; Date.now = () => now() + 61_000 }</script>'

const hasOpened = () => window.chatlog.getState().conversations.length > 0

const isInOrder = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))

/** What was sent when, and what became of it. */
function evidence({ line, complaints }: Stage): string {
  const sent = line.requests.map(({ at, endedAt, path, bytes, body, fate }) => {
    const times = `${at.toFixed(0)} to ${endedAt?.toFixed(0) ?? '?'} ms`
    const beacon = path.includes('key=') ? ', beacon' : ''
    return `  ${times}: ${bytes} bytes, ${describeBody(body)}${beacon} -> ${fate ?? 'under way'}`
  })
  const said = complaints.filter((text) => text.startsWith('chatlog')).map((text) => `  ${text}`)
  return ['requests:', ...sent, ...(said.length ? ['console:', ...said] : [])].join('\n')
}
