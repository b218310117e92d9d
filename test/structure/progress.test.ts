import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runToEnd } from '../../.ci/child-process.js'
import { step } from '../../.ci/progress.js'

const said: string[] = []

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line))
})
afterEach(() => {
  said.length = 0
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A step that takes so many seconds, and what it says. */
async function stepOf(seconds: number, end: () => string) {
  const done = step('building chatlog', () => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)).then(end))
  const settled = Promise.allSettled([done])
  await vi.advanceTimersByTimeAsync(seconds * 1_000)
  return (await settled)[0]
}

test('a step that takes long says all 10 seconds that it still works, and at its end how long it took', async () => {
  const outcome = await stepOf(25, () => 'result')

  expect(outcome).toEqual({ status: 'fulfilled', value: 'result' })
  expect(said).toEqual([
    'chatlog: building chatlog …',
    'chatlog: building chatlog … 10 s',
    'chatlog: building chatlog … 20 s',
    'chatlog: building chatlog … done in 25 s',
  ])
})

test('a step that fails fails, and never says that it is done', async () => {
  const outcome = await stepOf(3, () => {
    throw new Error('no')
  })
  await vi.advanceTimersByTimeAsync(60_000)

  expect(outcome).toMatchObject({ status: 'rejected', reason: new Error('no') })
  expect(said).toEqual(['chatlog: building chatlog …'])
})

test('whoever waits for a quiet command hears each line as it comes', async () => {
  vi.useRealTimers()
  const lines: string[] = []
  const code = `console.log('one'); process.stdout.write('tw'); process.stdout.write('o\\n'); console.error('three')`

  await runToEnd(process.execPath, ['-e', code], { quiet: true, onLine: (line) => lines.push(line) })

  expect(lines.sort()).toEqual(['one', 'three', 'two'])
})
