import { existsSync, readFileSync } from 'node:fs'
import { JSDOM, VirtualConsole } from 'jsdom'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Chatlog, MessageInput } from '../../src/script/chatlog.ts'
import type { InitOptions } from '../../src/script/options.ts'

/** What Node has and jsdom hasn't: Jest's environment for pages gives a test the globals of jsdom's window alone. */
const missingInJsdom = [
  ...['fetch', 'Headers', 'Request', 'Response', 'TextEncoder', 'TextDecoder', 'structuredClone', 'indexedDB'],
  ...['BroadcastChannel', 'MessageChannel', 'CompressionStream', 'DecompressionStream', 'ReadableStream'],
]

const address = 'https://docs.example.com/guide'

const options: InitOptions = { apiKey: 'web_k1_secret', endpoint: 'https://collector.example.com/conversations' }

const question: MessageInput = { role: 'user', content: 'How do I install it?' }

/** Ends the test's own page. */
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** Opens a page in jsdom, and hears what goes wrong in it. */
function openJsdom(runScripts?: 'outside-only') {
  const errors: string[] = []
  const virtualConsole = new VirtualConsole()
  virtualConsole.on('jsdomError', (error) => errors.push(error.message))
  const { window } = new JSDOM('<!doctype html><main data-chatlog></main>', {
    ...{ url: address, virtualConsole, pretendToBeVisual: true },
    ...(runScripts && { runScripts }),
  })
  ends.push(() => window.close())
  return { window, errors }
}

/** A widget's own test imports it there. */
async function importInJsdom(): Promise<{ init(options: InitOptions): Chatlog; errors: string[] }> {
  const { window, errors } = openJsdom()
  for (const name of missingInJsdom) vi.stubGlobal(name, undefined)
  const { document, navigator, location, Element, Node, Event, MutationObserver, Blob } = window
  const globals = { document, navigator, location, Element, Node, Event, MutationObserver, Blob, window }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  vi.spyOn(console, 'error').mockImplementation((...said) => errors.push(said.join(' ')))
  vi.resetModules()
  const { init } = await import('../../src/script/index.ts')
  return { init, errors }
}

/** Says something, and goes through every call that a widget makes. @returns what `getState` says then */
async function converse(log: Chatlog) {
  log.trackMessage(question)
  const answer = log.trackMessage({ role: 'assistant', content: '', status: 'streaming' })
  log.appendToMessage(answer, 'Run the ')
  log.appendToMessage(answer, 'installer.')
  log.completeMessage(answer)
  log.trackFeedback({ messageId: answer, type: 'positive' })
  log.identify({ userId: 'u7' })
  await log.flush()
  return log.getState()
}

const recordedInMemory = expect.objectContaining({
  storage: 'memory',
  conversations: [expect.objectContaining({ messages: 2 })],
  counts: { recorded: 2, delivered: 0, dropped: {} },
})

describe('in jsdom, where a widget’s own tests run,', () => {
  test('the import and `init` throw nothing, and the instance records into memory', async () => {
    const { init, errors } = await importInJsdom()
    const log = init(options)
    ends.push(() => log.stop())

    expect(await converse(log)).toEqual(recordedInMemory)
    expect(errors.filter((line) => !line.startsWith('chatlog: nothing can be stored here'))).toEqual([])
  })

  test('each render gives the whole transcript again, and nothing is recorded twice', async () => {
    const { init } = await importInJsdom()
    const log = init(options)
    ends.push(() => log.stop())
    for (const messages of [[question], [question, { role: 'assistant', content: 'Run it.' }]] as const) {
      log.trackMessages([...messages])
      await log.flush()
    }

    expect(log.getState()).toEqual(recordedInMemory)
  })

  for (const file of ['chatlog.js', 'chatlog-observe.js']) {
    const built = new URL(`../../dist/${file}`, import.meta.url)
    // `npm test` builds first.
    test.skipIf(!existsSync(built))(`the built ${file} does the same with nothing but jsdom’s globals`, async () => {
      const { window, errors } = openJsdom('outside-only')
      window.eval(readFileSync(built, 'utf8'))
      const page = window as unknown as { chatlog: Chatlog & { init(options: InitOptions): Chatlog } }
      const log = page.chatlog.init(options)
      ends.push(() => log.stop())

      expect(JSON.parse(JSON.stringify(await converse(log)))).toEqual(recordedInMemory)
      expect(errors).toEqual([])
    })
  }
})
