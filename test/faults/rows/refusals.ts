import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import type { FaultLine } from '../fault-line.ts'
import type { Row } from '../row.ts'

const hourMs = 3_600_000

/** Lets an hour of page time pass, in steps short enough that no request times out within one. */
async function passHour(page: Page): Promise<void> {
  let passedMs = 0
  while (passedMs < hourMs) {
    const { isSending, waitMs } = await page.evaluate(() => {
      const { state, retryAt } = window.chatlog.getState().sender
      return { isSending: state === 'sending', waitMs: retryAt ? Date.parse(retryAt) - Date.now() : null }
    })
    const stepMs = Math.min(waitMs === null ? 5_000 : waitMs + 100, hourMs - passedMs)
    if (isSending) {
      await wait(20)
    } else {
      await page.clock.runFor(stepMs)
      passedMs += stepMs
    }
  }
}

/** Most requests in an hour with a wrong key: three, and a probe after 15 minutes and 30 more. */
const mostWithWrongKey = 5

/** Somebody else answers in the endpoint's place for the whole first life of the page. */
const answeredBy = (name: string, fault: Parameters<FaultLine['fail']>[0]): Row => ({
  name,
  promise: { firstLife: 0, afterNext: 10 },
  async firstLife({ open, line }) {
    const page = await open()
    line.fail(fault)
    await page.evaluate(() => window.faults.say())
    await wait(3_000)
    const delivered = await page.evaluate(() => window.chatlog.getState().counts.delivered)
    await page.close()
    await line.quiet(300)
    if (delivered > 0) throw new Error(`${delivered} messages count as delivered by somebody else's answer`)
  },
})

const html = { 'content-type': 'text/html' }

/** Endpoints that say no, or seem to. */
export const refusals: readonly Row[] = [
  {
    name: '401 for an hour, then a working key',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, context, line }) {
      await context.clock.install()
      const page = await open({ tag: { 'api-key': 'web_wrong_key' } })
      await page.evaluate(() => window.faults.say())
      await passHour(page)
      await page.close()
      await line.quiet(300)
      if (line.requests.length > mostWithWrongKey) {
        throw new Error(`${line.requests.length} requests in an hour with a wrong key`)
      }
    },
  },
  {
    name: '503 for an hour',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, context, line }) {
      await context.clock.install()
      const page = await open()
      line.fail({ kind: 'answer', status: 503 })
      await page.evaluate(() => window.faults.say())
      await passHour(page)
      await page.close()
      await line.quiet(300)
      if (line.requests.length >= 40) throw new Error(`${line.requests.length} requests in an hour of 503`)
    },
  },
  {
    name: '403 without CORS headers',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, line }) {
      const page = await open()
      line.fail({ kind: 'answer', status: 403, cors: false })
      await page.evaluate(() => window.faults.say())
      await wait(4_000)
      await page.close()
      await line.quiet(300)
      if (line.requests.length > 10) throw new Error(`${line.requests.length} requests in 4 s without an answer`)
    },
  },
  {
    name: 'ad blocker',
    promise: { firstLife: 0, afterNext: 10 },
    async firstLife({ open, endpoint, context }) {
      await context.route(`${endpoint}**`, (route) => route.abort('blockedbyclient'))
      const page = await open()
      await page.evaluate(() => window.faults.say())
      await wait(3_000)
      await page.close()
      await context.unroute(`${endpoint}**`)
    },
  },
  answeredBy('a start page answers 200', { kind: 'answer', status: 200, headers: html, body: '<!doctype html>' }),
  answeredBy('a proxy answers an empty 200', { kind: 'answer', status: 200 }),
  answeredBy('a redirect to a login page', { kind: 'answer', status: 302, headers: { location: '/login' } }),
]
