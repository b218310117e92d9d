import { afterEach, describe, expect, test, vi } from 'vitest'
import { hasPage, tagData } from '../../src/script/platform.ts'
import { denied, type HappyPageOptions, happyPage } from './happy-page.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('a page', () => {
  test('is there where a document is', () => {
    vi.stubGlobal('document', undefined)
    expect(hasPage()).toBe(false)
    happyPage()
    expect(hasPage()).toBe(true)
  })

  test('is described as it is when asked, its base included', () => {
    const { document, platform } = happyPage({ url: 'https://docs.example.com/guide?a=1#top' })
    document.title = 'The guide'
    document.head.innerHTML += '<base href="https://docs.example.com/base/">'

    expect(platform.page()).toEqual({
      href: 'https://docs.example.com/guide?a=1#top',
      baseUrl: 'https://docs.example.com/base/',
      title: 'The guide',
      hostname: 'docs.example.com',
      origin: 'https://docs.example.com',
      secure: true,
    })
  })

  test('on plain http is not secure', () => {
    expect(happyPage({ url: 'http://localhost:8080/' }).platform.page()).toMatchObject({
      hostname: 'localhost',
      origin: 'http://localhost:8080',
      secure: false,
    })
  })

  test.each(['about:srcdoc', 'about:blank', 'blob:https://docs.example.com/5f1'])(
    'in a frame of %s has the address of the page that it is in',
    (href) => {
      const { platform } = happyPage({ url: 'https://docs.example.com/guide' })
      const page = window
      const frame = { location: { href, hostname: '', origin: 'null', protocol: 'about:' }, parent: page, document }
      vi.stubGlobal('window', { ...frame, parent: { ...frame, parent: page } })

      expect(platform.page()).toMatchObject({
        href: 'https://docs.example.com/guide',
        hostname: 'docs.example.com',
        origin: 'https://docs.example.com',
        secure: true,
      })
    },
  )

  test('in a frame whose embedder is not to be asked has its own address', () => {
    const { platform } = happyPage()
    const location = { href: 'about:srcdoc', hostname: '', origin: 'null', protocol: 'about:' }
    const parent = {
      get location() {
        throw new DOMException('Blocked a frame', 'SecurityError')
      },
    }
    vi.stubGlobal('window', { location, parent, document })

    expect(platform.page()).toMatchObject({ href: 'about:srcdoc', hostname: '', secure: false })
  })

  test.each([
    ['Apple Computer, Inc.', 'loading', true],
    ['Apple Computer, Inc.', 'complete', false],
    ['Google Inc.', 'loading', false],
    ['', 'interactive', false],
  ])('of an engine by %j that is %s may go unheard: %s', (vendor, readyState, mayGo) => {
    const { platform } = happyPage({ navigator: { vendor }, document: { readyState } })

    expect(platform.mayGoUnheard?.()).toBe(mayGo)
  })

  test.each([undefined, {}, { error: 'gone' }])('that has %j for a console is written nothing to', (instead) => {
    vi.stubGlobal('console', instead)
    const { platform } = happyPage()

    for (const level of ['error', 'warn', 'debug'] as const) expect(platform.console[level]('a line')).toBeUndefined()
  })

  test('is written to where its console is, and its timeline', () => {
    const { platform } = happyPage()
    const startedAt = platform.elapsedMs()
    platform.measure('call', startedAt)

    const [entry] = performance.getEntriesByName('chatlog call')
    performance.clearMeasures('chatlog call')
    expect(entry).toMatchObject({ entryType: 'measure', startTime: startedAt })
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    platform.console.error('chatlog: a line', 1)
    expect(error.mock.calls).toEqual([['chatlog: a line', 1]])
  })

  test('gets ids of 21 characters, and chances, that don’t repeat', () => {
    const { platform } = happyPage()

    const ids = [platform.createId(), platform.createId()]
    expect(ids).toEqual([expect.stringMatching(/^[\w-]{21}$/), expect.stringMatching(/^[\w-]{21}$/)])
    expect(new Set([...ids, platform.random(), platform.random()]).size).toBe(4)
  })
})

describe('the data of the tag that is running', () => {
  test('is its `data-*`, by their names in camel case', () => {
    const { document } = happyPage()
    const script = document.createElement('script')
    script.setAttribute('data-api-key', 'WEB_KEY')
    Object.defineProperty(document, 'currentScript', { value: script })

    expect({ ...tagData() }).toEqual({ apiKey: 'WEB_KEY' })
  })

  test('is nothing where no tag runs, as in a module', () => {
    happyPage()

    expect(tagData()).toEqual({})
  })
})

describe('what a visitor’s browser says of itself', () => {
  const signalsOf = (navigator: object) => {
    const { automated, globalPrivacyControl, doNotTrack, isOnline } = happyPage({ navigator }).platform
    return { automated, globalPrivacyControl, doNotTrack, online: isOnline() }
  }

  test('is heard where it says it', () => {
    const navigator = { webdriver: true, globalPrivacyControl: true, doNotTrack: '1', onLine: true }

    expect(signalsOf(navigator)).toEqual({
      automated: true,
      globalPrivacyControl: true,
      doNotTrack: true,
      online: true,
    })
  })

  test('is taken for no where it says nothing, and for being online', () => {
    const navigator = { webdriver: undefined, globalPrivacyControl: undefined, doNotTrack: null, onLine: undefined }

    expect(signalsOf(navigator)).toEqual({
      automated: false,
      globalPrivacyControl: false,
      doNotTrack: false,
      online: true,
    })
  })

  test('is believed when it says that the line is cut', () => {
    expect(signalsOf({ doNotTrack: '0', onLine: false })).toMatchObject({ doNotTrack: false, online: false })
  })
})

describe('time', () => {
  /** A page whose time only moves when it is told to. */
  const timedPage = (options?: HappyPageOptions) => {
    vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 12) })
    return happyPage(options)
  }

  test('of day follows the visitor’s clock, and elapsed time does not', () => {
    const { platform } = timedPage()
    const before = platform.elapsedMs()
    vi.advanceTimersByTime(1_500)
    vi.setSystemTime(Date.UTC(2020, 0, 1))

    expect(platform.now()).toBe(Date.UTC(2020, 0, 1))
    expect(platform.elapsedMs() - before).toBe(1_500)
  })

  test('passes before a timer runs, once', () => {
    const { platform } = timedPage()
    const callback = vi.fn()
    platform.setTimer(callback, 1_000)

    vi.advanceTimersByTime(999)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(10_000)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('of a cancelled timer never comes', () => {
    const { platform } = timedPage()
    const callback = vi.fn()
    const cancel = platform.setTimer(callback, 1_000)
    cancel()
    vi.advanceTimersByTime(10_000)

    expect(callback).not.toHaveBeenCalled()
  })

  test.each([2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY])('of %d ms is 2,147,483,647 ms, not none', (delayMs) => {
    const { platform } = timedPage()
    const callback = vi.fn()
    platform.setTimer(callback, delayMs)

    vi.advanceTimersByTime(2_147_483_646)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('never comes for a page that has broken its timers, and nothing is thrown', () => {
    const { platform } = timedPage()
    vi.stubGlobal('setTimeout', denied)
    const callback = vi.fn()

    const cancel = platform.setTimer(callback, 10)
    cancel()
    expect(callback).not.toHaveBeenCalled()
  })

  test('to spare is waited for', () => {
    const waiting: (() => void)[] = []
    const { platform } = timedPage({
      window: { requestIdleCallback: (callback: () => void) => waiting.push(callback) },
    })
    const callback = vi.fn()

    expect(platform.whenIdle(callback)).toBeUndefined()
    vi.advanceTimersByTime(10_000)
    expect(callback).not.toHaveBeenCalled()
    for (const run of waiting) run()
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test('to spare is the next task where the browser, as Safari, can’t say', () => {
    const { platform } = timedPage({ window: { requestIdleCallback: undefined } })
    const callback = vi.fn()
    platform.whenIdle(callback)

    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['a timer', (callback: () => void) => timedPage().platform.setTimer(callback, 1)],
    ['idle time', (callback: () => void) => timedPage().platform.whenIdle(callback)],
  ])('that ends in an error, as of %s, is told to the console, not thrown into the page', (_whose, wait) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const cause = new Error('broken')
    wait(() => {
      throw cause
    })

    vi.advanceTimersByTime(10)
    expect(error.mock.calls).toEqual([['chatlog:', cause]])
  })
})
