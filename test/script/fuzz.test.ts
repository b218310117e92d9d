import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conversationUpsertSchema } from '../../src/contract/conversation.ts'
import type { Chatlog } from '../../src/script/chatlog.ts'
import { fakePage } from './fakes/fake-platform.ts'
import { mostly, wildValue } from './wild-values.ts'

/** `npm run test:fuzz` is the long form, and draws other calls each time; CHATLOG_SEED does so here. */
const isLong = process.env.npm_lifecycle_event === 'test:fuzz'
const callsPerPage = 200
const pages = isLong ? 500 : 10
/** Heap that may be gained from the first tenth of the pages to the last, in the long form. */
const maxGrowthMb = 8

// Few, so that calls meet what others left.
const id = fc.constantFrom('a', 'b', 'c')
const text = fc.oneof(fc.string({ maxLength: 50 }), fc.constantFrom('', 'So.', 'https://docs.example.com/a'))
const fields = (shape: Record<string, fc.Arbitrary<unknown>>) =>
  mostly(
    fc.record(Object.fromEntries(Object.entries(shape).map(([name, usual]) => [name, mostly(usual)])), {
      requiredKeys: [],
    }),
  )

const link = fields({
  url: text,
  label: text,
  title: text,
  type: text,
  breadcrumbs: fc.array(mostly(text), { maxLength: 2 }),
})
const toolCall = fields({ id, type: fc.constant('function'), function: fields({ name: text, arguments: text }) })
const part = fields({
  type: fc.constantFrom('text', 'image_url'),
  text,
  image_url: fields({ url: text, detail: fc.constant('low') }),
})
const message = fields({
  id,
  conversationId: id,
  role: fc.constantFrom('user', 'assistant', 'system'),
  content: fc.oneof(text, fc.array(part, { maxLength: 2 })),
  name: text,
  links: fc.array(link, { maxLength: 2 }),
  toolCalls: fc.array(toolCall, { maxLength: 2 }),
  properties: fc.dictionary(text, wildValue, { maxKeys: 2 }),
  createdAt: fc.date(),
  status: fc.constantFrom('streaming', 'complete', 'aborted', 'error'),
})
const traits = { userId: id, plan: text, userType: text, supportAgentName: text, identificationType: text, id: text }

/** By method: arguments that reach deep into it, or nearly so. */
const usual: Record<Exclude<keyof Chatlog, 'stop'>, fc.Arbitrary<unknown>[]> = {
  trackMessage: [message],
  appendToMessage: [id, text],
  completeMessage: [id, fields({ status: fc.constantFrom('complete', 'aborted', 'error') })],
  trackMessages: [fc.array(message, { maxLength: 3 }), fields({ conversationId: id })],
  trackLinkClick: [fields({ url: text, label: text, title: text, messageId: id, conversationId: id })],
  trackFeedback: [
    fields({
      messageId: id,
      type: fc.constantFrom('positive', 'negative'),
      reasons: fc.array(fields({ label: text, details: text }), { maxLength: 2 }),
    }),
  ],
  discardConversation: [id],
  startConversation: [
    fields({
      id,
      properties: fc.dictionary(text, wildValue, { maxKeys: 2 }),
      tags: fc.array(mostly(text), { maxLength: 2 }),
      visibility: fc.constantFrom('private', 'public'),
    }),
  ],
  identify: [fields(traits)],
  reset: [],
  setConsent: [fc.constantFrom('granted', 'denied', 'pending')],
  registerRoot: [],
  flush: [],
  getState: [],
  on: [fc.constantFrom('recorded', 'delivered', 'dropped', 'retrying'), fc.constant(() => {})],
}

interface Call {
  method: keyof typeof usual
  given: unknown[]
  /** Time that passes then, in milliseconds. */
  thenMs: number
}

const callOf = (method: keyof typeof usual): fc.Arbitrary<Call> =>
  fc.record({
    method: fc.constant(method),
    given: fc.oneof(
      { arbitrary: fc.tuple(...usual[method].map(mostly)), weight: 5 },
      { arbitrary: fc.array(wildValue, { maxLength: 3 }), weight: 1 },
    ),
    thenMs: fc.oneof({ arbitrary: fc.constant(0), weight: 8 }, fc.constantFrom(10, 1_000, 60_000)),
  })

const call = fc.oneof(...(Object.keys(usual) as (keyof typeof usual)[]).map(callOf))

const collectGarbage = () => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Makes the calls on a page of their own, and looks at everything that it does with them. */
async function makeCalls(calls: readonly Call[]): Promise<void> {
  const { log, tab, endpoint, advance } = fakePage()
  for (const { method, given, thenMs } of calls) {
    const returned = (log[method] as (...given: unknown[]) => unknown)(...given)
    // What rejects is an unhandled rejection, and fails the run.
    if (method === 'flush') void returned
    else if (method === 'getState') structuredClone(returned)
    else if (method === 'on') expect(returned).toBeTypeOf('function')
    else if (/^(trackMessage|startConversation)$/.test(method)) expect(returned).toBeTypeOf('string')
    else expect(returned).toBeUndefined()
    if (thenMs) await advance(thenMs)
  }
  log.setConsent('granted')
  await advance(120_000)
  await tab.close()
  await advance(10_000)

  expect(endpoint.violations).toEqual([])
  for (const { text } of endpoint.requests) conversationUpsertSchema.parse(JSON.parse(text))
}

test(`${pages * callsPerPage} calls of anything with anything: nothing is thrown, no body is invalid, no memory is kept`, {
  timeout: isLong ? 7_200_000 : 300_000,
}, async () => {
  const heapMb: number[] = []
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: callsPerPage, maxLength: callsPerPage, size: 'max' }),
      async (calls) => {
        await makeCalls(calls)
        if (!isLong || heapMb.length % (pages / 10)) return void heapMb.push(0)
        collectGarbage()
        heapMb.push(process.memoryUsage().heapUsed / 2 ** 20)
      },
    ),
    { numRuns: pages, endOnFailure: true },
  )

  const measured = heapMb.filter((mb) => mb > 0)
  if (isLong) console.log(`heap by tenth of the pages, in MB: ${measured.map((mb) => mb.toFixed(1)).join(' ')}`)
  expect((measured.at(-1) ?? 0) - (measured[1] ?? 0)).toBeLessThan(maxGrowthMb)
})
