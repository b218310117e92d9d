import { setTimeout } from 'node:timers/promises'
import type { ISql, Sql } from 'postgres'
import { fillConversations } from './fill.ts'
import { transact } from './transaction.ts'

/** Any number, the same in every collector: whoever holds it migrates, the others wait. */
const migrationLock = 4_247_001_186

/** Time between two tries to have the lock, in milliseconds. */
const lockEveryMs = 100

/** The steps to each version, the first bringing an empty database to version 1. Never changed once released. */
export const migrations: string[] = [
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
  `
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
  `,
  `
  -- What an upsert needs to know of a conversation without reading it whole; null until the conversation is filled.
  alter table chatlog.conversations
    add column if not exists messages integer,
    -- UTF-8 bytes of its messages as JSON.
    add column if not exists bytes bigint,
    add column if not exists questions integer,
    -- The page on which it was when it was first stored: what relative links are made absolute with.
    add column if not exists base_url text,
    add column if not exists last_position integer;
  alter table chatlog.messages
    add column if not exists created_ms bigint,
    add column if not exists role text,
    add column if not exists bytes integer;
  update chatlog.conversations set messages = null where messages is not null;
  `,
]

/** Indexes of the newest version, by name. They are made without keeping anybody from writing. */
const indexes: Record<string, string> = {
  messages_place: 'chatlog.messages (project_id, conversation_id, position, created_ms, role)',
  messages_created: 'chatlog.messages (project_id, conversation_id, created_ms, position)',
}

/** What there is to do to bring data to the newest version. */
export type MigrationPlan = {
  /** 0 for a database without chatlog's tables. */
  version: number
  newest: number
  /** Conversations that are to be filled. */
  conversations: number
}

/** What `migrate` would do, with nothing changed. */
export async function planMigration(sql: ISql): Promise<MigrationPlan> {
  const version = await findVersion(sql)
  const pending = version < 3 ? sql`` : sql`where messages is null`
  const rows =
    version === 0 ? [] : await sql<{ count: string }[]>`select count(*) from chatlog.conversations ${pending}`
  return { version, newest: migrations.length, conversations: Number(rows[0]?.count ?? 0) }
}

/**
 * Brings the database to the newest version: each step's tables in a short transaction, then its indexes and its
 * conversations in batches, while collectors go on writing. What ends it in the middle loses nothing: the next one goes
 * on. Any number of collectors may start at once: one does it, the others wait for it.
 *
 * @param sql with two connections at least, and no limit on a statement's time
 * @param report told how many conversations are filled, after each batch
 * @throws Error when a newer chatlog wrote the database: it is left alone
 */
export async function migrate(sql: Sql, report: (done: number) => void = () => {}): Promise<void> {
  // One connection holds the lock and does nothing else; batches commit on the other.
  await transact(sql, async (holder) => {
    await holder`set local idle_in_transaction_session_timeout = 0`
    await takeLock(holder)
    const version = await findVersion(sql)
    refuseNewer(version)
    if (version === migrations.length && !(await isUnfinished(sql))) return
    await transact(sql, async (transaction) => {
      if (version === 0) await createVersion(transaction)
      for (const step of migrations.slice(version)) await transaction.unsafe(step)
      await transaction`update chatlog.version set version = ${migrations.length}`
    })
    await makeIndexes(sql)
    await fillConversations(sql, report)
  })
}

/**
 * Waits for whoever else migrates. It asks again and again: a statement that waits for the lock would hold a snapshot, and
 * `create index concurrently` waits for every snapshot, so the two would wait for each other for ever. Sent as plain text
 * for the same reason: a prepared statement keeps its snapshot until the transaction ends.
 */
async function takeLock(sql: ISql): Promise<void> {
  for (;;) {
    const [row] = await sql.unsafe<{ has: boolean }[]>(`select pg_try_advisory_xact_lock(${migrationLock}) as has`)
    if (row?.has) return
    await setTimeout(lockEveryMs)
  }
}

/** @throws Error when a newer chatlog wrote the database */
export function refuseNewer(version: number): void {
  if (version > migrations.length) {
    throw new Error(`the data is of version ${version}, this collector knows ${migrations.length}: update chatlog`)
  }
}

/** Whether a collector may work with the database as it is. */
export async function isMigrated(sql: ISql): Promise<boolean> {
  const version = await findVersion(sql)
  refuseNewer(version)
  return version === migrations.length && !(await isUnfinished(sql))
}

async function isUnfinished(sql: ISql): Promise<boolean> {
  const [row] = await sql<{ indexes: string; pending: boolean }[]>`
    select
      (select count(*) from pg_index as kept join pg_class as index on index.oid = kept.indexrelid
       where index.relnamespace = 'chatlog'::regnamespace and index.relname = any(${Object.keys(indexes)}::text[])
       and kept.indisvalid) as indexes,
      exists (select 1 from chatlog.conversations where messages is null and fields::text <> 'null') as pending`
  return Number(row?.indexes) < Object.keys(indexes).length || row?.pending === true
}

async function makeIndexes(sql: Sql): Promise<void> {
  for (const [name, columns] of Object.entries(indexes)) {
    // One that was broken off stays, is kept up to date, and serves nobody.
    const [broken] = await sql`
      select 1 from pg_index as kept join pg_class as index on index.oid = kept.indexrelid
      where index.relnamespace = 'chatlog'::regnamespace and index.relname = ${name} and not kept.indisvalid`
    if (broken) await sql.unsafe(`drop index concurrently chatlog.${name}`)
    await sql.unsafe(`create index concurrently if not exists ${name} on ${columns}`)
  }
}

async function findVersion(sql: ISql): Promise<number> {
  const [found] = await sql`select to_regclass('chatlog.version') is not null as is_there`
  if (!found?.is_there) return 0
  const [row] = await sql<{ version: number }[]>`select version from chatlog.version`
  return row?.version ?? 0
}

async function createVersion(sql: ISql): Promise<void> {
  const [found] = await sql`
    select to_regnamespace('chatlog') is not null as is_there, to_regclass('chatlog.version') is not null as has_version`
  // Asked first: `if not exists` needs the right to make schemas even where an administrator has made this one.
  if (!found?.is_there) await sql`create schema chatlog`
  if (found?.has_version) return
  await sql`create table chatlog.version (version integer not null)`
  await sql`insert into chatlog.version (version) values (0)`
}
