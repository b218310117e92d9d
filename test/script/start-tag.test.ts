import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Chatlog } from '../../src/script/chatlog.ts'
import type { InitOptions } from '../../src/script/options.ts'
import { startTag } from '../../src/script/start-tag.ts'
import { denied, happyPage } from './happy-page.ts'

type TagGlobal = Partial<Chatlog> & { q?: unknown; init?: (options: InitOptions) => Chatlog }
const page = globalThis as unknown as { chatlog?: TagGlobal | undefined }

afterEach(() => vi.unstubAllGlobals())

/** A page with this `window.chatlog`, and an `init` whose instances say what they are told. */
function pageWith(chatlog?: TagGlobal) {
  vi.stubGlobal('chatlog', chatlog)
  const given: InitOptions[] = []
  const calls: unknown[][] = []
  const record =
    (name: string) =>
    (...values: unknown[]) =>
      void calls.push([name, ...values])
  const init = (options: InitOptions) => {
    given.push(options)
    return { trackMessage: record('trackMessage'), identify: record('identify') } as unknown as Chatlog
  }
  return { init, given, calls }
}

/** Runs the tag with these `data-*`. */
function runTag(dataset: Record<string, string>, init: (options: InitOptions) => Chatlog): void {
  happyPage({ document: { currentScript: { dataset, src: 'chatlog.js' } } })
  startTag(init)
}

describe('the options of a tag', () => {
  const optionsOf = (data: Record<string, string>) => {
    const faked = pageWith()
    runTag({ apiKey: 'WEB_KEY', ...data }, faked.init)
    return faked.given
  }

  test('are its `data-*`', () => {
    expect(optionsOf({ server: 'chatlog', consent: 'pending' })).toEqual([
      { apiKey: 'WEB_KEY', server: 'chatlog', consent: 'pending' },
    ])
  })

  test.each([
    ['5000', 5_000],
    ['0', 0],
    ['0.5', 0.5],
    ['true', true],
    ['false', false],
    ['trueish', 'trueish'],
    ['untrue', 'untrue'],
    ['5 s', '5 s'],
  ])('with the value %j are %j', (written, value) => {
    expect(optionsOf({ maxWaitMs: written })).toEqual([{ apiKey: 'WEB_KEY', maxWaitMs: value }])
  })

  test.each(['endpoint', 'storeName', 'userId', 'cookieName', 'cookieDomain'])(
    'stay text whatever they look like, as %s',
    (option) => {
      for (const text of ['007', 'true', 'false']) {
        expect(optionsOf({ [option]: text })).toEqual([{ apiKey: 'WEB_KEY', [option]: text }])
      }
    },
  )

  test.each(['userId', 'consent', 'cookieDomain', 'endpoint', 'maxWaitMs', 'properties'])(
    'aren’t there where a template left them empty, as %s',
    (option) => {
      for (const empty of ['', ' ']) expect(optionsOf({ [option]: empty })).toEqual([{ apiKey: 'WEB_KEY' }])
    },
  )

  test.each(['cookies', 'partitioned', 'doNotTrack', 'captureLinks', 'debug'])(
    'are meant where an attribute stands without a value, as %s',
    (option) => expect(optionsOf({ [option]: '' })).toEqual([{ apiKey: 'WEB_KEY', [option]: true }]),
  )

  test('stay text where the key looks like a number', () => {
    expect(optionsOf({ apiKey: '12345' })).toEqual([{ apiKey: '12345' }])
  })
})

describe('a tag with a key', () => {
  test('makes the instance `window.chatlog`, its `init` with it', () => {
    const faked = pageWith()
    runTag({ apiKey: 'WEB_KEY' }, faked.init)
    page.chatlog?.trackMessage?.({ role: 'user', content: 'Hello' })
    page.chatlog?.init?.({ apiKey: 'OTHER_KEY' })

    expect(faked.calls).toEqual([['trackMessage', { role: 'user', content: 'Hello' }]])
    expect(faked.given).toEqual([{ apiKey: 'WEB_KEY' }, { apiKey: 'OTHER_KEY' }])
  })

  test('makes the calls that came before it, in their order and with all they were given', () => {
    const faked = pageWith({
      q: [
        ['identify', { userId: 'u1' }],
        ['trackMessage', 1, 2],
      ],
    })
    runTag({ apiKey: 'WEB_KEY' }, faked.init)

    expect(faked.calls).toEqual([
      ['identify', { userId: 'u1' }],
      ['trackMessage', 1, 2],
    ])
  })

  test('names a queued call of a method that doesn’t exist, and goes on with those after it', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const faked = pageWith({ q: [['trackMesage'], ['trackMessage', 1]] })
    runTag({ apiKey: 'WEB_KEY' }, faked.init)

    expect(error.mock.calls).toEqual([['chatlog: there is no method `trackMesage`']])
    expect(faked.calls).toEqual([['trackMessage', 1]])
  })

  test.each([[undefined], [null], ['text'], [{ length: 1 }]])('takes a queue that is %o for none', (q) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const faked = pageWith({ q })
    runTag({ apiKey: 'WEB_KEY' }, faked.init)

    expect([...faked.calls, ...error.mock.calls]).toEqual([])
    expect(page.chatlog?.init).toBeTypeOf('function')
  })

  test('loaded twice leaves the first as it is', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const first = pageWith()
    const second = { init: vi.fn() }
    runTag({ apiKey: 'WEB_KEY' }, first.init)
    const { chatlog } = page
    runTag({ apiKey: 'OTHER_KEY' }, second.init)

    expect(page.chatlog).toBe(chatlog)
    expect(second.init).not.toHaveBeenCalled()
    expect(warn.mock.calls).toEqual([['chatlog: a second tag is on this page: the first one records']])
  })

  test('whose options are refused throws, and keeps the calls for one that works', () => {
    const faked = pageWith({ q: [['trackMessage', 1]] })
    expect(() => runTag({ apiKey: 'WEB_KEY' }, denied)).toThrow('insecure')

    runTag({ apiKey: 'WEB_KEY' }, faked.init)
    expect(faked.calls).toEqual([['trackMessage', 1]])
  })
})

describe('a global that is no stub', () => {
  const foreignFrame = new Proxy(
    {},
    {
      get() {
        throw new DOMException('Blocked a frame', 'SecurityError')
      },
    },
  )
  test.each<[string, unknown]>([
    ['an element', { id: 'chatlog', tagName: 'DIV' }],
    ['a form with a field `q`', { q: { tagName: 'INPUT' } }],
    ['a list', []],
    ['a frame of another site', foreignFrame],
  ])('%s is replaced by the instance', (_what, found) => {
    const faked = pageWith(found as TagGlobal)
    runTag({ apiKey: 'WEB_KEY' }, faked.init)

    page.chatlog?.trackMessage?.({ role: 'user', content: 'Hi' })
    expect(faked.calls).toHaveLength(1)
  })

  test('is left alone where the tag names another', () => {
    const faked = pageWith([] as never)
    vi.stubGlobal('ourLog', { q: [['identify', 1]] })
    runTag({ apiKey: 'WEB_KEY', global: 'ourLog' }, faked.init)

    expect(page.chatlog).toEqual([])
    expect(faked.calls).toEqual([['identify', 1]])
    expect((globalThis as unknown as { ourLog: TagGlobal }).ourLog.init).toBeTypeOf('function')
  })
})

describe('a tag without a key', () => {
  test.each<[Record<string, string>, string]>([
    [{}, 'no data-* reached it'],
    [{ apikey: 'WEB_KEY', server: 'chatlog' }, 'apikey, server'],
  ])('says after two seconds that nobody calls `init` (%o)', (data, found) => {
    vi.useFakeTimers()
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    runTag(data, pageWith().init)
    vi.advanceTimersByTime(2_000)
    vi.useRealTimers()

    expect(error.mock.calls).toEqual([
      [`chatlog: nothing is recorded: the tag has no data-api-key (${found}), and nobody calls chatlog.init`],
    ])
  })

  test.each([{}, { apiKey: '' }])('leaves `init` to the page (%o)', (data) => {
    const faked = pageWith()
    vi.useFakeTimers()
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    runTag({ server: 'chatlog', ...data }, faked.init)
    expect(faked.given).toEqual([])
    expect(Object.keys(page.chatlog ?? {})).toEqual(['init'])

    page.chatlog?.init?.({ apiKey: 'WEB_KEY' })
    vi.advanceTimersByTime(60_000)
    vi.useRealTimers()
    expect(faked.given).toEqual([{ apiKey: 'WEB_KEY' }])
    expect(page.chatlog?.trackMessage).toBeTypeOf('function')
    expect(error.mock.calls).toEqual([])
  })

  test('keeps the page’s stub and its calls until the page calls `init`, and makes them once', () => {
    const trackMessage = vi.fn()
    const faked = pageWith({ q: [['trackMessage', 1]], trackMessage })
    runTag({}, faked.init)
    expect(page.chatlog?.trackMessage).toBe(trackMessage)
    expect(faked.calls).toEqual([])

    const instance = page.chatlog?.init?.({ apiKey: 'WEB_KEY' })
    expect(faked.calls).toEqual([['trackMessage', 1]])
    expect(page.chatlog).toBe(instance)
    page.chatlog?.init?.({ apiKey: 'WEB_KEY' })
    expect(faked.calls).toHaveLength(1)
  })
})
