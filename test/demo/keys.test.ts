import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDemoKeys } from '../../demo/server/keys.js'

let folder: string
let made: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatlog-demo-'))
  made = []
})
afterEach(() => rm(folder, { recursive: true }))

const open = (isWorking = true) =>
  openDemoKeys(
    folder,
    async (type) => {
      made.push(type)
      return `${type}_${made.length}`
    },
    async () => isWorking,
  )

test('the keys are made at the first start and found again at the next, readable by their owner alone', async () => {
  const first = await open()
  const second = await open()

  expect(first).toEqual({ web: 'web_1', api: 'api_2' })
  expect(second).toEqual(first)
  expect(made).toEqual(['web', 'api'])
  expect((await stat(join(folder, 'demo-keys.json'))).mode & 0o777).toBe(0o600)
})

test('keys that the store does not know any more are made anew', async () => {
  await open()

  expect(await open(false)).toEqual({ web: 'web_3', api: 'api_4' })
})

test('a damaged file is replaced', async () => {
  await writeFile(join(folder, 'demo-keys.json'), '{"web": 7')

  const keys = await open()

  expect(JSON.parse(await readFile(join(folder, 'demo-keys.json'), 'utf8'))).toEqual(keys)
})
