import { afterEach, describe, expect, test, vi } from 'vitest'
import { createInstance } from '../../src/script/instance.ts'
import { resolveOptions } from '../../src/script/options.ts'
import { endpointOptions } from './fakes/fake-platform.ts'
import { denied, happyPage } from './happy-page.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('the site’s storage', () => {
  test.each(['localText', 'sessionText'] as const)('keeps text by key, as %s', (which) => {
    const storage = happyPage().platform[which]
    expect(storage.get('a')).toBeNull()
    storage.set('a', '1')
    storage.set('b', '2')

    expect([storage.get('a'), storage.get('b'), storage.keys()]).toEqual(['1', '2', ['a', 'b']])
    storage.remove('a')
    expect([storage.get('a'), storage.keys()]).toEqual([null, ['b']])
  })

  test('of the tab and of the site are two', () => {
    const { platform, window } = happyPage()
    platform.localText.set('a', 'site')
    platform.sessionText.set('a', 'tab')

    expect([window.localStorage.getItem('a'), window.sessionStorage.getItem('a')]).toEqual(['site', 'tab'])
  })

  const deniedWindow = {
    get localStorage() {
      return denied()
    },
    get sessionStorage() {
      return denied()
    },
  }
  test.each(['localText', 'sessionText'] as const)('that is denied is empty and stays so, as %s', (which) => {
    const storage = happyPage({ window: deniedWindow }).platform[which]
    storage.set('a', '1')
    storage.remove('a')

    expect([storage.get('a'), storage.keys()]).toEqual([null, []])
  })

  test('that is full keeps what it had', () => {
    const { platform } = happyPage({ window: { localStorage: { getItem: () => '1', setItem: denied } } })
    platform.localText.set('a', '2')

    expect(platform.localText.get('a')).toBe('1')
  })
})

describe('cookies', () => {
  test('are set with their attributes, read, and removed', () => {
    const { document, platform } = happyPage()
    const written = vi.spyOn(document, 'cookie', 'set')

    expect(platform.cookies.set('visitor', 'v 1', { path: '/', secure: true, sameSite: 'lax' })).toBe('v 1')
    expect(written.mock.calls).toEqual([['visitor=v%201; path=/; secure; sameSite=lax']])
    expect(platform.cookies.get('visitor')).toBe('v 1')
    platform.cookies.remove('visitor', { path: '/' })
    expect(platform.cookies.get('visitor')).toBeUndefined()
  })

  test('that the browser refuses are missing afterwards', () => {
    const { platform } = happyPage()

    expect(platform.cookies.set('visitor', 'v1', { domain: 'elsewhere.example' })).toBeUndefined()
  })

  test('that another tab was quicker to set keep what that one says', () => {
    const quickerTab = {
      get cookie() {
        return 'visitor=v2'
      },
      set cookie(_written: string) {},
    }
    const { platform } = happyPage({ document: quickerTab })

    expect(platform.cookies.set('visitor', 'v1', {})).toBe('v2')
  })

  test('that are empty count as missing', () => {
    const { document, platform } = happyPage()
    document.cookie = 'visitor='

    expect(platform.cookies.get('visitor')).toBeUndefined()
  })

  test('are missing where a sandboxed frame denies them, and nothing is thrown', () => {
    const deniedDocument = {
      get cookie() {
        return denied()
      },
      set cookie(_written: string) {
        denied()
      },
    }
    const { cookies } = happyPage({ document: deniedDocument }).platform

    cookies.remove('visitor', {})
    expect([cookies.get('visitor'), cookies.set('visitor', 'v1', {})]).toEqual([undefined, undefined])
  })
})

describe('the row log', () => {
  test('is opened by name in the page’s IndexedDB, and deleted in it', () => {
    const open = vi.fn(() => ({}))
    const deleteDatabase = vi.fn()
    vi.useFakeTimers()
    const { platform } = happyPage({ window: { indexedDB: { open, deleteDatabase } } })
    void platform.openRowLog('chatlog')
    platform.deleteRowLog('other')

    expect(open.mock.calls).toEqual([['chatlog', 1]])
    expect(deleteDatabase.mock.calls).toEqual([['other']])
  })

  // As Firefox where cookies are blocked.
  const deniedWindow = {
    get indexedDB() {
      return denied()
    },
  }
  test('that the browser denies even to mention is not opened, and deleting it does nothing', async () => {
    const { platform } = happyPage({ window: deniedWindow })
    platform.deleteRowLog('chatlog')

    await expect(platform.openRowLog('chatlog')).rejects.toThrow('insecure')
  })

  test('that the browser denies to delete is left alone', () => {
    const { platform } = happyPage({ window: { indexedDB: { deleteDatabase: denied } } })

    expect(() => platform.deleteRowLog('chatlog')).not.toThrow()
  })

  test('that the browser denies even to mention costs no message', async () => {
    vi.useFakeTimers()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const fetch = vi.fn(async () => Response.json({}))
    const { platform } = happyPage({
      window: Object.defineProperties({ fetch }, Object.getOwnPropertyDescriptors(deniedWindow)),
    })
    const log = createInstance(resolveOptions(endpointOptions), platform, () => {})
    log.trackMessage({ role: 'user', content: 'Hello' })
    await vi.advanceTimersByTimeAsync(30_000)

    expect(fetch).toHaveBeenCalled()
    expect(log.getState()).toMatchObject({ storage: 'memory', counts: { recorded: 1, dropped: {} } })
  })
})
