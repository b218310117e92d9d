import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase, openSqliteStore } from '../../src/collector/sqlite-store.ts'
import type { Store } from '../../src/collector/store.ts'
import { describeStore } from './store-suite.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-store-'))
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function open(directory: string): Store {
  const store = openSqliteStore(directory)
  cleanUps.push(() => store.close())
  return store
}

describeStore('SQLite', async () => {
  const directory = temporaryDirectory()
  const store = open(directory)
  return {
    store,
    async reopen() {
      await store.close()
      return open(directory)
    },
  }
})

describe('SQLite: the file', () => {
  test('lies in a directory that is made and that only its owner reads', () => {
    const directory = join(temporaryDirectory(), 'a', 'b')
    open(directory)

    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  test('is written so that a commit survives a power cut, and readers don’t wait for the writer', () => {
    const database = openDatabase(temporaryDirectory())
    cleanUps.push(() => database.close())

    expect(database.pragma('synchronous')).toEqual([{ synchronous: 2 }])
    expect(database.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
  })

  test('may be open twice: a key added beside a running collector is seen by it', async () => {
    const directory = temporaryDirectory()
    const [running, beside] = [open(directory), open(directory)]
    const key = { id: 'k', projectId: 'p', type: 'web', hash: '', origins: [], createdAt: '', revokedAt: null } as const

    await beside.addKey({ ...key, origins: [] })

    expect(await running.findKey('k')).toEqual(key)
  })

  test('of a newer chatlog is left alone', () => {
    const directory = temporaryDirectory()
    const database = new Database(join(directory, 'chatlog.sqlite'))
    cleanUps.push(() => database.close())
    database.exec('create table theirs (a); pragma user_version = 1000')

    expect(() => openSqliteStore(directory)).toThrow('update chatlog')
    expect(database.prepare('select name from sqlite_master').all()).toEqual([{ name: 'theirs' }])
  })
})
