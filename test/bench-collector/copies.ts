import type { Sql } from '../../src/collector/postgres/sql.ts'
import { transact } from '../../src/collector/postgres/transaction.ts'
import { openDatabase } from '../../src/collector/sqlite/sqlite-store.ts'
import { createSqliteWords, wordsPerConversation } from '../../src/collector/sqlite/words.ts'

// A million conversations through a store take an hour. A tenth goes that way, and the database copies the rest: each
// `example-120` also as `example-121` to `example-129`, with all that is stored of it, found by it and counted of it.

/** Which columns name a conversation, or hold a text that does, and so differ between a conversation and its copies. */
const naming: Record<string, readonly string[]> = {
  conversations: ['id', 'fields'],
  messages: ['conversation_id', 'id', 'fields'],
  facets: ['conversation_id'],
  events: ['id', 'message_id', 'conversation_id', 'fields'],
  feedback: ['id', 'message_id', 'conversation_id', 'fields'],
}

/** SQL for a column's value in the copy with this number. */
type Renamed = (column: string, copy: number) => string

function copyStatements(
  tables: Readonly<Record<string, readonly string[]>>,
  tableOf: (name: string) => string,
  renamed: (table: string) => Renamed,
  copy: number,
): string[] {
  return Object.entries(naming).map(([table, own]) => {
    const columns = (tables[table] ?? []).filter((column) => column !== 'arrival' || table === 'conversations')
    const values = columns.map((column) =>
      own.includes(column) || column === 'arrival' || column === 'words_id' ? renamed(table)(column, copy) : column,
    )
    const overriding = table === 'conversations' && tableOf(table) !== table ? 'overriding system value' : ''
    return `insert into ${tableOf(table)} (${columns.join(', ')}) ${overriding}
      select ${values.join(', ')} from ${tableOf(table)} where ${isBase[table]}`
  })
}

/** Copies have numbers that don't end in 0. */
const isBase: Record<string, string> = {
  conversations: `id like 'example-%0'`,
  messages: `conversation_id like 'example-%0'`,
  facets: `conversation_id like 'example-%0'`,
  events: `id like 'e%0'`,
  feedback: `id like 'f%0'`,
}

/** Fills PostgreSQL up: nine copies of each conversation. */
export async function copyInPostgres(sql: Sql, base: number): Promise<void> {
  const columns = await sql<{ table_name: string; names: string[] }[]>`
    select table_name::text, array_agg(column_name::text) as names
    from information_schema.columns where table_schema = 'chatlog' group by table_name`
  const tables = Object.fromEntries(columns.map(({ table_name, names }) => [table_name, names]))
  // All numbers of a row end in 0, so that the copy's are the same with its own digit at the end.
  const renamed = (): Renamed => (column, copy) => {
    if (column === 'arrival') return `${base} + arrival * 9 - ${9 - copy}`
    const text = `regexp_replace(${column}::text, '(example-\\d*|^[ef]\\d*|"id":"[ef]\\d*)0(?=\\D|$)', '\\1${copy}', 'g')`
    return column === 'fields' ? `${text}::json` : text
  }
  const [words] = await sql<{ indexdef: string }[]>`select indexdef from pg_indexes where indexname = 'messages_words'`
  await transact(sql, async (transaction) => {
    await transaction.unsafe(`set local session_replication_role = replica`)
    await transaction.unsafe(`set local maintenance_work_mem = '1GB'`)
    await transaction.unsafe('drop index chatlog.messages_words')
    for (let copy = 1; copy <= 9; copy++) {
      for (const statement of copyStatements(tables, (name) => `chatlog.${name}`, renamed, copy))
        await transaction.unsafe(statement)
      console.log(`copy ${copy} of 9`)
    }
    // The triggers that count are off.
    await transaction.unsafe(
      "update chatlog.tallies set conversations = conversations * 10, count = count * 10 where kind <> 'people'",
    )
    await transaction.unsafe(words?.indexdef ?? '')
  })
}

/** Fills SQLite up: nine copies of each conversation. */
export function copyInSqlite(directory: string, base: number): void {
  const database = openDatabase(directory)
  database.pragma('synchronous = off')
  // What is copied goes everywhere in the file: with less, most of the time pages are written and read again. In KiB.
  database.pragma('cache_size = -8000000')
  const names = (table: string) =>
    (database.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[]).map(
      ({ name }) => name,
    )
  const tables = Object.fromEntries(Object.keys(naming).map((table) => [table, names(table)]))
  const triggers = database.prepare(`select name, sql from sqlite_master where type = 'trigger'`).all() as {
    name: string
    sql: string
  }[]
  const arrivalOf = (arrival: string, copy: number) => `${base} + ${arrival} * 9 - ${9 - copy}`
  // Every name in a row begins with the base's own, which ends in 0.
  const renamed =
    (table: string): Renamed =>
    (column, copy) => {
      if (column === 'arrival') return arrivalOf('arrival', copy)
      if (column === 'words_id') {
        const arrival = `words_id / ${wordsPerConversation}`
        return `(${arrivalOf(arrival, copy)}) * ${wordsPerConversation} + words_id % ${wordsPerConversation}`
      }
      const isReaction = table === 'events' || table === 'feedback'
      const number = isReaction
        ? 'substr(id, 2)'
        : table === 'conversations'
          ? `substr(id, 9)`
          : 'substr(conversation_id, 9)'
      const own = `substr(${number}, 1, length(${number}) - 1)`
      const inText = `replace(${column}, 'example-' || ${number}, 'example-' || ${own} || '${copy}')`
      return isReaction && column === 'id' ? `substr(id, 1, 1) || ${own} || '${copy}'` : inText
    }
  database.exec('begin')
  for (const { name } of triggers) database.exec(`drop trigger ${name}`)
  const said = database.prepare('select words_id, project_id, fields from messages').all() as {
    words_id: number
    project_id: string
    fields: string
  }[]
  for (let copy = 1; copy <= 9; copy++) {
    for (const statement of copyStatements(tables, (name) => name, renamed, copy)) database.exec(statement)
    database.exec(`insert into reaction_visitors (project_id, visitor_id, kind, id)
      select project_id, visitor_id, kind, substr(id, 1, length(id) - 1) || '${copy}' from reaction_visitors
      where id like '%0'`)
    const words = createSqliteWords(database)
    for (const { words_id, project_id, fields } of said) {
      const arrival = base + Math.floor(words_id / wordsPerConversation) * 9 - (9 - copy)
      words.add(project_id, arrival * wordsPerConversation + (words_id % wordsPerConversation), JSON.parse(fields))
    }
    console.log(`copy ${copy} of 9`)
  }
  database.exec("update tallies set conversations = conversations * 10, count = count * 10 where kind <> 'people'")
  for (const { sql } of triggers) database.exec(sql)
  database.exec('commit')
  database.close()
}
