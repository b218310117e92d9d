import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { createBodyIntake } from '../../src/collector/http/body-intake.ts'
import { postRequest } from './collector-under-test.ts'

/** Lets everything that waits for nothing but other promises happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve))

/** An intake, and work on bodies that ends when the test says so. */
function intakeUnderTest(limits: { heldBytes: number; workedBytes: number; workedShare?: number }) {
  const intake = createBodyIntake({ workedShare: 0, ...limits })
  const working: string[] = []
  const ends = new Map<string, () => void>()
  return {
    ...intake,
    working,
    end: (text: string) => ends.get(text)?.(),
    takeText: (text: string, request = postRequest(text)) =>
      intake.take(request, async (body) => {
        working.push(body)
        await new Promise<void>((resolve) => ends.set(body, resolve))
        return body
      }),
  }
}

test('bodies are worked on while there is room, the others wait in the order in which they came', async () => {
  const { takeText, working, end, load } = intakeUnderTest({ heldBytes: 100, workedBytes: 4 })
  const all = ['aa', 'bb', 'ccc', 'd'].map((text) => takeText(text))
  await settle()
  expect(working).toEqual(['aa', 'bb'])
  expect(load()).toEqual({ heldBytes: 8, waiting: 2 })

  end('aa')
  await settle()
  expect(working).toEqual(['aa', 'bb'])
  end('bb')
  await settle()
  expect(working).toEqual(['aa', 'bb', 'ccc', 'd'])
  end('ccc')
  end('d')

  expect(await Promise.all(all)).toEqual(['aa', 'bb', 'ccc', 'd'])
  expect(load()).toEqual({ heldBytes: 0, waiting: 0 })
})

test('the less is held, the more is worked on at once', async () => {
  const { takeText, working, end } = intakeUnderTest({ heldBytes: 20, workedBytes: 2, workedShare: 0.5 })
  const all = ['aaaa', 'bbbb', 'cccc', 'dddd'].map((text) => takeText(text))
  await settle()
  // 16 of 20 bytes are held: half of the other 4 may be worked on, and a body larger than that is let in alone.
  expect(working).toEqual(['aaaa'])

  end('aaaa')
  await settle()
  end('bbbb')
  await settle()

  // 8 are held: half of the other 12 is room for one; when that one has gone too, the last is alone.
  expect(working).toEqual(['aaaa', 'bbbb', 'cccc'])
  for (const text of ['cccc', 'dddd']) {
    end(text)
    await settle()
  }
  expect(await Promise.all(all)).toHaveLength(4)
})

test('a body larger than the room is let in alone', async () => {
  const { takeText, working, end } = intakeUnderTest({ heldBytes: 100, workedBytes: 4 })
  const taken = takeText('larger')
  await settle()

  expect(working).toEqual(['larger'])
  end('larger')
  expect(await taken).toBe('larger')
})

test('what is over the bytes that may be held is told to try again, and gives back what it held', async () => {
  const { takeText, end, load } = intakeUnderTest({ heldBytes: 10, workedBytes: 100 })
  const first = takeText('123456')

  await expect(takeText('12345')).rejects.toMatchObject({ code: 'service_unavailable', retryAfterSeconds: 5 })

  expect(load().heldBytes).toBe(6)
  end('123456')
  await first
  expect(load().heldBytes).toBe(0)
})

test('work that fails leaves the room', async () => {
  const { take, load } = createBodyIntake({ heldBytes: 10, workedBytes: 1, workedShare: 0 })
  const failing = () => Promise.reject(new RangeError('no'))

  for (let round = 0; round < 3; round++) await expect(take(postRequest('a'), failing)).rejects.toThrow('no')

  expect(load()).toEqual({ heldBytes: 0, waiting: 0 })
})

test('a compressed body is counted as it came while it waits', async () => {
  const { takeText, working, end, load } = intakeUnderTest({ heldBytes: 100, workedBytes: 1 })
  const text = 'x'.repeat(5_000)
  const zipped = gzipSync(text)
  const taken = takeText('', postRequest(zipped, { 'content-encoding': 'gzip' }))
  await vi.waitFor(() => expect(working).toEqual([text]))

  expect(load().heldBytes).toBe(zipped.byteLength)
  end(text)
  await taken
})

test('an answer that nobody reads keeps others out for two seconds, and no longer', async () => {
  vi.useFakeTimers()
  try {
    const { takeText, working, end, expect: expectSent } = intakeUnderTest({ heldBytes: 100, workedBytes: 1 })
    const request = postRequest('a')
    expectSent(request, new Promise(() => {}))
    const first = takeText('a', request)
    const second = takeText('b')
    await vi.advanceTimersByTimeAsync(0)
    end('a')
    await first
    await vi.advanceTimersByTimeAsync(1_999)
    expect(working).toEqual(['a'])

    await vi.advanceTimersByTimeAsync(1)

    expect(working).toEqual(['a', 'b'])
    end('b')
    await second
  } finally {
    vi.useRealTimers()
  }
})
