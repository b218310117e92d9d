import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Chatlog } from '../../src/script/chatlog.ts'
import { createInit } from '../../src/script/create-init.ts'
import { init } from '../../src/script/index.ts'
import { resolveOptions } from '../../src/script/options.ts'
import { startRecording } from '../../src/script/start.ts'
import { endpointOptions } from './fakes/fake-platform.ts'
import { happyPage } from './happy-page.ts'

const hello = { role: 'user', content: 'Hello' } as const
const instances: Chatlog[] = []

/** What a page calls. */
const initOnPage: typeof init = (options) => {
  const instance = init(options)
  instances.push(instance)
  return instance
}

/** A name that no other instance has: two of one name are one. */
let pages = 0
const newOptions = () => ({ ...endpointOptions, storeName: `page-${++pages}` })

/** A page whose requests are answered with 200, and whose time only moves when it is told to. */
const answeringPage = () => {
  vi.useFakeTimers()
  // One line says that IndexedDB is missing.
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => Response.json({}))
  return { ...happyPage({ window: { fetch } }), fetch, options: newOptions() }
}

afterEach(() => {
  for (const instance of instances.splice(0)) instance.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('init', () => {
  test('records on the page that it is called on, with the options that it is given', async () => {
    const { fetch, options } = answeringPage()
    const log = initOnPage(options)
    expect(log.trackMessage(hello)).toMatch(/^[\w-]{21}$/)
    await vi.advanceTimersByTimeAsync(30_000)

    expect(fetch.mock.calls[0]?.[0]).toBe(endpointOptions.endpoint)
    expect(log.getState().counts).toMatchObject({ recorded: 1 })
  })

  test('called twice with one store name gives one instance, which takes over the key', async () => {
    const { fetch, options } = answeringPage()
    const log = initOnPage(options)
    log.trackMessage(hello)

    expect(initOnPage({ ...options, apiKey: 'OTHER_KEY_12345' })).toBe(log)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(JSON.stringify(fetch.mock.calls[0])).toContain('OTHER_KEY_12345')
    expect(JSON.stringify(fetch.mock.calls)).not.toContain(endpointOptions.apiKey)
  })

  test('with another store name gives another instance', () => {
    const { options } = answeringPage()

    expect(initOnPage({ ...options, storeName: newOptions().storeName })).not.toBe(initOnPage(options))
  })

  test('after `stop` gives a new instance, which records', () => {
    const { options } = answeringPage()
    const log = initOnPage(options)
    log.stop()
    const next = initOnPage(options)

    expect(next).not.toBe(log)
    next.trackMessage(hello)
    expect([log.getState().counts.recorded, next.getState().counts.recorded]).toEqual([0, 1])
  })

  test('never throws: what is wrong is said once in the console and in getState, and nothing is recorded', async () => {
    const { fetch, options } = answeringPage()
    const error = vi.mocked(console.error)
    const wrong = { ...options, endpoint: `nowhere-${options.storeName}` }
    const logs = [initOnPage(wrong), initOnPage(wrong)]
    for (const log of logs) {
      expect(log.trackMessage(hello)).toBe('')
      expect(log.getState()).toMatchObject({ waitsFor: 'options', counts: { recorded: 0 } })
      expect(log.getState().problem).toMatch(
        /`endpoint` must be an absolute http\(s\) URL, got .*: nothing is recorded$/,
      )
    }
    await vi.advanceTimersByTimeAsync(30_000)

    expect(error.mock.calls).toEqual([[logs[0]?.getState().problem]])
    expect(fetch).not.toHaveBeenCalled()
  })

  test('with a wrong option leaves the instance that is there as it is', async () => {
    const { fetch, options } = answeringPage()
    const log = initOnPage(options)
    initOnPage({ ...options, apiKey: 'OTHER_KEY_12345', endpoint: 'nowhere' }).stop()
    log.trackMessage(hello)
    await vi.advanceTimersByTimeAsync(30_000)

    expect(JSON.stringify(fetch.mock.calls)).toContain(endpointOptions.apiKey)
  })

  test('where there is no page, as for server rendering, gives an instance that does nothing', async () => {
    vi.stubGlobal('document', undefined)
    const log = initOnPage(newOptions())
    expect(log.trackMessage(hello)).toBe('')

    expect(log.getState()).toMatchObject({ storage: 'memory', conversations: [], counts: { recorded: 0 } })
    expect(await log.flush()).toEqual({ delivered: [], pending: [] })
  })

  test('of a second copy gives the first one’s instance, with its key, and says so once', () => {
    const { options } = answeringPage()
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const log = initOnPage(options)
    const initOfCopy = createInit({ resolve: resolveOptions, start: (parts) => startRecording(parts) })

    expect([initOfCopy(options), initOfCopy(options)]).toEqual([log, log])
    expect(warn.mock.calls).toEqual([['chatlog: a second copy of the script is on this page: the first one records']])
  })

  test('of a build resolves and starts as that build does', () => {
    const { options } = answeringPage()
    const start = vi.fn(startRecording)
    const initOfBuild = createInit({ resolve: (given) => ({ ...resolveOptions(given), idleMinutes: 7 }), start })
    instances.push(initOfBuild(options))

    expect(start.mock.calls).toHaveLength(1)
    expect(start.mock.calls[0]?.[0]).toMatchObject({ options: { idleMinutes: 7 } })
  })
})
