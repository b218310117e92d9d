import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import { type Fault, workedOffLate } from '../fault-line.ts'
import type { Row } from '../row.ts'
import { type Stage, until } from '../stage.ts'

const overloaded: Fault = { kind: 'answer', status: 503 }

/** The next request fails like this; then the page goes on until everything is delivered. */
const onceThenWell =
  (fault: Fault, times = 1, characters = 40) =>
  async ({ open, line, delivered }: Stage) => {
    const page = await open()
    line.fail(fault, times)
    await page.evaluate((characters) => window.faults.say({ characters }), characters)
    await delivered(page)
  }

const requestSeen = ({ line }: Pick<Stage, 'line'>) => until(async () => line.requests.length > 0)

/** The fault took place: else the row says nothing. */
const happened =
  (fate: string, times = 1) =>
  ({ line }: Stage): void => {
    const seen = line.requests.filter((request) => request.fate === fate).length
    if (seen < times) throw new Error(`the fault took place ${seen} times, not ${times}`)
  }

/** The first request, with half of the messages, hangs; the page gives it up after 10 s and goes on. */
const hang = async ({ open, line, delivered }: Stage, until: Promise<unknown>): Promise<Page> => {
  const page = await open()
  line.fail({ kind: 'hang', until }, 1)
  await page.evaluate(() => window.faults.say({ count: 5 }))
  await requestSeen({ line })
  await page.evaluate(() => window.faults.say({ first: 6, count: 5 }))
  await delivered(page)
  return page
}

/** A network or collector that fails for a while. */
export const outages: readonly Row[] = [
  {
    name: 'offline 5 s',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, line, delivered }) {
      const page = await open()
      await line.goAway()
      await page.evaluate(() => window.faults.say())
      await wait(5_000)
      await line.comeBack()
      await delivered(page)
    },
  },
  {
    name: 'offline, then closed',
    inReadme: true,
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, line }) {
      const page = await open()
      await line.goAway()
      await page.evaluate(() => window.faults.say())
      await wait(1_500)
      await page.close()
      await wait(500)
      await line.comeBack()
    },
  },
  {
    name: '503 x3',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: onceThenWell(overloaded, 3),
    check: happened('503', 3),
  },
  {
    name: '503, then closed',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    async firstLife(stage) {
      const page = await stage.open()
      stage.line.fail(overloaded, 1)
      await page.evaluate(() => window.faults.say())
      await requestSeen(stage)
      await page.close()
    },
    check: happened('503'),
  },
  {
    name: '503 as long as the page is there, then closed',
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    async firstLife({ open, line }) {
      const page = await open()
      line.fail(overloaded)
      await page.evaluate(() => window.faults.say())
      await until(async () => line.requests.length > 1)
      line.heal()
      await page.close()
    },
    check: happened('503'),
  },
  {
    name: 'hang',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife(stage) {
      const page = await hang(stage, wait(12_000))
      await until(async () => stage.line.requests[0]?.fate !== null)
      await stage.delivered(page)
    },
    check: happened(workedOffLate),
  },
  {
    name: 'hang, worked off when the page is gone',
    // An aborted keepalive request isn't given up before its page (Chromium 156): it may come after everything else.
    promise: { firstLife: 5, afterNext: 10 },
    async firstLife(stage) {
      let workOff: (value?: unknown) => void = () => {}
      const gone = new Promise((resolve) => {
        workOff = resolve
      })
      const page = await hang(stage, gone)
      await page.close()
      workOff()
    },
    check: happened(workedOffLate),
  },
  {
    name: 'connection reset before the answer',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: onceThenWell({ kind: 'reset' }, 2),
    check: happened('reset', 2),
  },
  {
    name: 'connection reset mid-answer',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: onceThenWell({ kind: 'cut_answer' }),
    check: happened('200, answer cut'),
  },
  {
    name: 'cut mid-body',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: onceThenWell({ kind: 'cut_body', afterBytes: 20_000 }, 2, 5_000),
    check: happened('cut', 2),
  },
  {
    name: '429 with Retry-After',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: onceThenWell({ kind: 'answer', status: 429, headers: { 'retry-after': '2' } }),
    check({ line: { requests } }) {
      const pauseMs = (requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)
      if (pauseMs < 2_000) throw new Error(`sent again after ${pauseMs.toFixed(0)} ms, told to wait 2 s`)
    },
  },
  {
    name: 'collector restarted mid-flush',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, collector, delivered }) {
      const page = await open()
      const { answer } = collector
      collector.answer = (request) => {
        if (request.method !== 'POST') return answer(request)
        collector.answer = answer
        const begun = answer(request)
        void collector.restart()
        return begun
      }
      await page.evaluate(() => window.faults.say())
      await delivered(page)
    },
    check: happened('collector away'),
  },
]
