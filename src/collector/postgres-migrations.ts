import type { ISql, Sql } from 'postgres'

/** Any number, the same in every collector: whoever holds it migrates, the others wait. */
const migrationLock = 4_247_001_186

/** Statements of each version, the first bringing an empty database to version 1. Never changed once released. */
const migrations = [
  `
  create table chatlog.conversations (
    project_id text not null,
    id text not null,
    -- Order of arrival; breaks ties between conversations of one createdAt.
    arrival bigint generated always as identity,
    created_ms bigint not null,
    -- Every field but the messages. json, not jsonb: that sorts keys, and what is merged is compared as text.
    fields json not null,
    primary key (project_id, id)
  );
  create index conversations_newest on chatlog.conversations (project_id, created_ms desc, arrival desc);

  create table chatlog.messages (
    project_id text not null,
    conversation_id text not null,
    id text not null,
    position integer not null,
    fields json not null,
    primary key (project_id, conversation_id, id)
  );
  create unique index messages_id on chatlog.messages (project_id, id);

  -- Found before the project is known: on a cluster, the one table that every node has whole.
  create table chatlog.keys (
    id text primary key,
    project_id text not null,
    type text not null,
    hash text not null,
    -- JSON array.
    origins text not null,
    created_at text not null,
    revoked_at text
  );
  create index keys_project on chatlog.keys (project_id, created_at);
  `,
]

/**
 * Brings the database to the newest version, in one transaction. Any number of collectors may start at once: one does
 * it, the others wait for it.
 *
 * @throws Error when a newer chatlog wrote the database: it is left alone
 */
export async function migrate(sql: Sql): Promise<void> {
  await sql.begin(async (transaction) => {
    // Before anything else: `create … if not exists` itself fails when two do it at the same time.
    await transaction`select pg_advisory_xact_lock(${migrationLock})`
    await transaction`set local statement_timeout = 0`
    const version = await readVersion(transaction)
    if (version > migrations.length) {
      throw new Error(`the data is of version ${version}, this collector knows ${migrations.length}: update chatlog`)
    }
    for (const statements of migrations.slice(version)) await transaction.unsafe(statements)
    await transaction`update chatlog.version set version = ${migrations.length}`
  })
}

async function readVersion(sql: ISql): Promise<number> {
  const [found] = await sql`select to_regclass('chatlog.version') is not null as is_there`
  if (!found?.is_there) await createVersion(sql)
  const [row] = await sql<{ version: number }[]>`select version from chatlog.version`
  return row?.version ?? 0
}

async function createVersion(sql: ISql): Promise<void> {
  const [found] = await sql`select to_regnamespace('chatlog') is not null as is_there`
  // Asked first: `if not exists` needs the right to make schemas even where an administrator has made this one.
  if (!found?.is_there) await sql`create schema chatlog`
  await sql`create table chatlog.version (version integer not null)`
  await sql`insert into chatlog.version (version) values (0)`
}
