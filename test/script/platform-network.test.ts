import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { BodyPiece, OutgoingRequest } from '../../src/script/platform.ts'
import { denied, happyPage } from './happy-page.ts'

afterEach(() => vi.unstubAllGlobals())

const url = 'https://collector.example.com/conversations'
const headers = { 'content-type': 'application/json' }

/** A function of the window that says who called it with what. */
function watched<Result>(result: Result) {
  const calls: unknown[][] = []
  const owners: unknown[] = []
  return {
    calls,
    owners,
    call(this: unknown, ...given: unknown[]) {
      owners.push(this)
      calls.push(given)
      return result
    },
  }
}

describe('a request', () => {
  const sent = async (request: OutgoingRequest) => {
    const fetch = watched(Promise.resolve('the answer'))
    const { platform, window } = happyPage({ window: { fetch: fetch.call } })
    const answer = await platform.fetch(request)
    return { answer, window, owner: fetch.owners[0], given: fetch.calls[0] }
  }

  test('is a POST without the site’s cookies, its text in one piece', async () => {
    const { answer, given } = await sent({ url, body: ['{"a":', '1}'], headers })

    expect(answer).toBe('the answer')
    expect(given).toEqual([url, { method: 'POST', credentials: 'omit', headers, body: '{"a":1}' }])
  })

  test('may outlive its page, and be ended', async () => {
    const { signal } = new AbortController()
    const { given } = await sent({ url, body: ['x'], headers, keepalive: true, signal })

    expect(given?.[1]).toMatchObject({ keepalive: true, signal })
  })

  test('with pieces that the browser holds already is a blob of all of them, in their order', async () => {
    const frozen = happyPage().platform.freeze('für ')
    expect(frozen).toBeInstanceOf(Blob)
    const { given } = await sent({ url, body: ['Text ', frozen, 'alle'], headers })

    const [, { body }] = given as [string, { body: Blob }]
    expect(body).toBeInstanceOf(Blob)
    expect(await body.text()).toBe('Text für alle')
  })

  test('goes by the `fetch` that was there before the page replaced it, called as the window’s', async () => {
    const fetch = watched(Promise.resolve('the answer'))
    const { platform, window } = happyPage({ window: { fetch: fetch.call } })
    Object.assign(window, { fetch: denied })

    expect(await platform.fetch({ url, body: [], headers })).toBe('the answer')
    expect(fetch.owners).toEqual([window])
  })
})

describe('a beacon', () => {
  test.each([true, false])('is the navigator’s, and says whether it was taken: %s', (taken) => {
    const sendBeacon = watched(taken)
    const { platform, window } = happyPage({ navigator: { sendBeacon: sendBeacon.call } })

    expect(platform.sendBeacon(url, 'text')).toBe(taken)
    expect(sendBeacon.calls).toEqual([[url, 'text']])
    expect(sendBeacon.owners).toEqual([window.navigator])
  })
})

describe('a request for when the document is gone', () => {
  test('is left with the browser as any other, and can be taken back', () => {
    const fetchLater = watched({ activated: false })
    const { platform, window } = happyPage({ window: { fetchLater: fetchLater.call } })
    const abort = platform.fetchLater?.({ url, body: ['a', 'b'], headers })

    const [given] = fetchLater.calls as [[string, RequestInit & { signal: AbortSignal }]]
    expect(given).toMatchObject([url, { method: 'POST', credentials: 'omit', headers, body: 'ab' }])
    expect(fetchLater.owners).toEqual([window])
    expect(given[1].signal.aborted).toBe(false)
    abort?.()
    expect(given[1].signal.aborted).toBe(true)
  })

  test('goes by the `fetchLater` that was there before the page replaced it', () => {
    const fetchLater = watched({ activated: false })
    const { platform, window } = happyPage({ window: { fetchLater: fetchLater.call } })
    Object.assign(window, { fetchLater: denied })
    platform.fetchLater?.({ url, body: [], headers })

    expect(fetchLater.calls).toHaveLength(1)
  })

  test('can’t be left where the browser has no `fetchLater`', () => {
    const { platform } = happyPage({ window: { fetchLater: undefined } })

    expect(platform.fetchLater).toBeNull()
  })

  test('can’t be left where the browser refuses it, over its quota', () => {
    const { platform } = happyPage({ window: { fetchLater: denied } })

    expect(platform.fetchLater?.({ url, body: [], headers })).toBeNull()
  })
})

describe('a compressed body', () => {
  /** Sizes of what is handed to the compressor at a time. */
  const watchSlices = () => {
    const sizes: number[] = []
    const formats: string[] = []
    const Compress = CompressionStream
    function Watched(format: CompressionFormat) {
      formats.push(format)
      const { readable, writable } = new TransformStream<ArrayBuffer, Uint8Array<ArrayBuffer>>({
        transform(slice, controller) {
          sizes.push(slice.byteLength)
          controller.enqueue(new Uint8Array(slice))
        },
      })
      return { readable: readable.pipeThrough(new Compress(format)), writable }
    }
    vi.stubGlobal('CompressionStream', Watched)
    return { sizes, formats }
  }
  const zipped = async (body: BodyPiece[]) => {
    const blob = await happyPage().platform.gzip(body)
    return gunzipSync(Buffer.from((await blob?.arrayBuffer()) as ArrayBuffer)).toString()
  }

  test('unzips to its pieces in their order', async () => {
    watchSlices()

    expect(await zipped(['Grüße, ', new Blob(['an ']), 'alle'])).toBe('Grüße, an alle')
  })

  test('is compressed 65,536 bytes at a time, so that no task takes long', async () => {
    const { sizes, formats } = watchSlices()
    const text = Array.from({ length: 30_000 }, (_, number) => number).join('')

    expect(await zipped([text])).toBe(text)
    expect(sizes).toEqual([65_536, 65_536, text.length - 131_072])
    expect(formats).toEqual(['gzip'])
  })

  test('that fills its slices has no empty one after them', async () => {
    const { sizes } = watchSlices()
    await zipped(['x'.repeat(131_072)])

    expect(sizes).toEqual([65_536, 65_536])
  })

  test('can’t be had where the browser has no `CompressionStream`', () => {
    expect(happyPage({ window: { CompressionStream: undefined } }).platform.gzip(['x'])).toBeNull()
  })
})

describe('Web Locks', () => {
  test('run the work once the lock is free, and are held until it is done', async () => {
    const steps: string[] = []
    const locks = {
      async request(name: string, options: object, work: () => Promise<unknown>) {
        steps.push(`locked ${name} with ${Object.keys(options).length} options`)
        await work()
        steps.push('free')
        return 'of no interest'
      },
    }
    const { platform } = happyPage({ navigator: { locks } })
    const done = await platform.locks?.whenFree('tab', async () => {
      await Promise.resolve()
      steps.push('worked')
    })

    expect(steps).toEqual(['locked tab with 0 options', 'worked', 'free'])
    expect(done).toBeUndefined()
  })

  test('stop waiting at the signal, and say so', async () => {
    const request = vi.fn((_name: string, { signal }: { signal: AbortSignal }) => Promise.reject(signal.reason))
    const { platform } = happyPage({ navigator: { locks: { request } } })
    const waiting = platform.locks?.whenFree('tab', () => {}, AbortSignal.abort(new Error('waited long enough')))

    await expect(waiting).rejects.toThrow('waited long enough')
  })

  test.each([null, undefined])('are missing where `navigator.locks` is %s, as on plain http', (locks) => {
    expect(happyPage({ navigator: { locks } }).platform.locks).toBeNull()
  })
})

describe('a channel between tabs', () => {
  test('tells the others and not oneself, until it is closed', async () => {
    const [one, other] = [happyPage().platform, happyPage().platform]
    const own = vi.fn()
    const channel = one.openChannel('chatlog', own)
    const heard = await new Promise((resolve) => {
      const listening = other.openChannel('chatlog', (message) => {
        listening.close()
        resolve(message)
      })
      channel.post({ told: 'c1' })
    })
    channel.close()

    expect(heard).toEqual({ told: 'c1' })
    expect(own).not.toHaveBeenCalled()
  })

  test('is opened by its name, tells what is posted in it, and is closed', () => {
    const { platform } = happyPage()
    const channels = new Map<string, { onmessage?: (event: unknown) => void; close(): void; postMessage(): void }>()
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        constructor(name: string) {
          channels.set(name, this)
        }
        close() {
          channels.clear()
        }
        postMessage() {}
      },
    )
    const heard = vi.fn()
    const channel = platform.openChannel('chatlog', heard)
    expect([...channels.keys()]).toEqual(['chatlog'])
    channels.get('chatlog')?.onmessage?.({ data: 'c1' })
    expect(heard.mock.calls).toEqual([['c1']])
    channel.close()

    expect(channels.size).toBe(0)
  })

  test.each([
    ['is missing', undefined],
    ['is denied', denied],
  ])('does nothing where it %s', (_why, channelClass) => {
    const { platform } = happyPage()
    vi.stubGlobal('BroadcastChannel', channelClass)
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const channel = platform.openChannel('chatlog', () => {})
    channel.post('c1')
    channel.close()

    expect(error).not.toHaveBeenCalled()
  })

  test('that can’t take a message says so to the console alone', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const channel = happyPage().platform.openChannel('chatlog', () => {})
    channel.close()
    channel.post('c1')

    expect(error.mock.calls).toEqual([['chatlog:', expect.objectContaining({ name: 'InvalidStateError' })]])
  })
})
