import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import type Database from 'libsql'
import { StoreUnavailableError } from '../store/store.ts'
import readerScript from './reader-process.js?raw'

/** Asks the database one statement. @returns its rows */
export type Ask = (sql: string, values: readonly (string | number)[]) => Promise<unknown[]>

/**
 * The readers of a database. `quick` reads in this process, what an index gives: no request is answered meanwhile, so
 * it must take milliseconds. `long` may take seconds, and reads in a process of its own: senders and `/health` never
 * wait for it.
 */
export type SqliteReaders = { quick: Ask; long: Ask; close(): void }

/** Most processes that read; further questions wait for their turn. */
const maxProcesses = 2

/** Makes the readers of a database. One in memory has no file for other processes, so this process reads all of it. */
export function createSqliteReaders(database: Database.Database, file: string | null): SqliteReaders {
  const prepared = createStatements(database)
  const quick: Ask = async (sql, values) => prepared(sql).all(...values)
  if (file === null) return { quick, long: quick, close() {} }
  const { ask, close } = createReaderProcesses(file)
  return { quick, long: ask, close }
}

/** Most statements that stay prepared. Their texts differ by which filters are given, not by the filters' values. */
const maxPrepared = 200

function createStatements(database: Database.Database): (sql: string) => Database.Statement {
  const statements = new Map<string, Database.Statement>()
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    if (statements.size >= maxPrepared) statements.clear()
    statements.set(sql, statement)
    return statement
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // The system doesn't allow it: the reader runs like any other process.
  }
}

type Question = { sql: string; values: readonly (string | number)[] }
type Answer = { rows: unknown[] } | { failure: string }
type Asked = { question: Question; settle: (answer: Answer) => void }

/**
 * Makes the processes that read. They aren't threads, since nothing breaks off a statement: a thread would delay the
 * end of this process as long as its statement takes. A process can be killed, which does the file no harm.
 */
function createReaderProcesses(file: string): { ask: Ask; close(): void } {
  const idle: ChildProcess[] = []
  const busy = new Map<ChildProcess, Asked>()
  const waiting: Asked[] = []

  function start(): ChildProcess {
    const libsql = createRequire(import.meta.url).resolve('libsql')
    const child = spawn(process.execPath, ['--eval', readerScript, libsql, file], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    // A lower priority lets writers go first, also where there are as many processors as readers.
    if (child.pid !== undefined) lowerPriority(child.pid)
    child.on('message', (answer: Answer) => finish(child, answer))
    const gone = () => {
      idle.splice(0, idle.length, ...idle.filter((one) => one !== child))
      finish(child, { failure: 'the process that reads has ended' }, false)
    }
    child.on('error', gone).on('exit', gone)
    // The reader waits for questions as long as this process lives, but must not keep it alive.
    child.unref()
    child.channel?.unref()
    return child
  }

  function finish(child: ChildProcess, answer: Answer, isAlive = true): void {
    const asked = busy.get(child)
    busy.delete(child)
    child.channel?.unref()
    if (isAlive) idle.push(child)
    asked?.settle(answer)
    goOn()
  }

  function goOn(): void {
    while (waiting.length > 0 && (idle.length > 0 || busy.size < maxProcesses)) {
      const asked = waiting.shift() as Asked
      const child = idle.pop() ?? start()
      busy.set(child, asked)
      child.channel?.ref()
      child.send(asked.question, (error) => {
        if (error) finish(child, { failure: 'the process that reads does not listen' }, false)
      })
    }
  }

  const ask: Ask = (sql, values) =>
    new Promise((resolve, reject) => {
      const settle = (answer: Answer) => {
        if ('rows' in answer) resolve(answer.rows)
        else reject(new StoreUnavailableError({ cause: new Error(answer.failure) }))
      }
      waiting.push({ question: { sql, values }, settle })
      goOn()
    })

  return {
    ask,
    close() {
      const ended = new StoreUnavailableError({ cause: new Error('the store is closed') })
      for (const { settle } of waiting.splice(0)) settle({ failure: ended.message })
      for (const child of [...idle.splice(0), ...busy.keys()]) child.kill('SIGKILL')
    },
  }
}
