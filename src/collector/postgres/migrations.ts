import type { ISql, Sql } from 'postgres'
import { fillFacets } from './facets.ts'
import { transact } from './transaction.ts'

type Migration = string | ((sql: ISql) => Promise<void>)

/** Any number, the same in every collector: whoever holds it migrates, the others wait. */
const migrationLock = 4_247_001_186

/** The steps to each version, the first bringing an empty database to version 1. Never changed once released. */
const migrations: Migration[] = [
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
  async (sql) => {
    await sql.unsafe(`
    -- When it was last written, by the collector's clock; what was stored before this version counts from now.
    alter table chatlog.conversations add column stored_ms bigint not null default 0;
    update chatlog.conversations set stored_ms = extract(epoch from now()) * 1000;
    create index conversations_stored on chatlog.conversations (project_id, stored_ms);

    -- What a conversation is found and counted by. Values in the order of their bytes, so that beginnings are found.
    create table chatlog.facets (
      project_id text not null,
      kind text not null,
      value text collate "C" not null,
      conversation_id text not null,
      -- The conversation's, repeated: counting over a time needs no look at the conversation.
      created_ms bigint not null,
      count integer not null,
      primary key (project_id, kind, value, conversation_id)
    );
    create index facets_conversation on chatlog.facets (project_id, conversation_id);

    create table chatlog.events (
      project_id text not null,
      id text not null,
      arrival bigint generated always as identity,
      entity_type text not null,
      message_id text,
      conversation_id text,
      -- Everybody that it names, so that a person's are found: rarely, and so without an index.
      visitor_ids text[] not null,
      created_ms bigint not null,
      stored_ms bigint not null,
      fields json not null,
      primary key (project_id, id)
    );
    create index events_message on chatlog.events (project_id, message_id) where message_id is not null;
    create index events_conversation on chatlog.events (project_id, conversation_id) where conversation_id is not null;
    create index events_newest on chatlog.events (project_id, entity_type, created_ms desc);
    create index events_stored on chatlog.events (project_id, stored_ms);

    create table chatlog.feedback (
      project_id text not null,
      id text not null,
      arrival bigint generated always as identity,
      message_id text not null,
      type text not null,
      visitor_ids text[] not null,
      created_ms bigint not null,
      stored_ms bigint not null,
      fields json not null,
      primary key (project_id, id)
    );
    create index feedback_message on chatlog.feedback (project_id, message_id);
    create index feedback_newest on chatlog.feedback (project_id, type, created_ms desc);
    create index feedback_stored on chatlog.feedback (project_id, stored_ms);
    `)
    await fillFacets(sql)
  },
]

/**
 * Brings the database to the newest version, in one transaction. Any number of collectors may start at once: one does
 * it, the others wait for it.
 *
 * @throws Error when a newer chatlog wrote the database: it is left alone
 */
export async function migrate(sql: Sql): Promise<void> {
  await transact(sql, async (transaction) => {
    // Before anything else: `create … if not exists` itself fails when two do it at the same time.
    await transaction`select pg_advisory_xact_lock(${migrationLock})`
    await transaction`set local statement_timeout = 0`
    const version = await readVersion(transaction)
    if (version > migrations.length) {
      throw new Error(`the data is of version ${version}, this collector knows ${migrations.length}: update chatlog`)
    }
    for (const step of migrations.slice(version)) {
      await (typeof step === 'string' ? transaction.unsafe(step) : step(transaction))
    }
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
