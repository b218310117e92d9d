import { setTimeout } from 'node:timers/promises'
import type { MigrationPlan } from '../store/migration-plan.ts'
import { quarterSql } from '../store/quarter.ts'
import { utcDaySql, utcHourSql } from '../store/utc-day.ts'
import { fillConversations } from './fill.ts'
import type { ISql, Sql } from './sql.ts'
import { transact } from './transaction.ts'

/** The number of the lock by which one collector migrates while others wait. Any number, the same in every version. */
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
  `
  alter table chatlog.messages
    -- What it says, for searches.
    add column if not exists words tsvector,
    -- How often it was written, by those who know of this column.
    add column if not exists writes integer not null default 0;
  -- The conversation whose message it is on, once both are stored.
  alter table chatlog.feedback add column if not exists conversation_id text;
  update chatlog.conversations set messages = null where messages is not null;

  -- What is counted is kept counted, by triggers, whoever writes: a conversation and what it is found by count from when it
  -- is filled. They append what changed, so that writers never wait for each other; tallies take it in later.
  create table chatlog.tallies (
    project_id text not null,
    -- A facet's kind, or 'conversation'.
    kind text not null,
    -- 0: all time, 1: days (UTC), 2: hours, by the conversation's createdAt.
    unit integer not null,
    -- Which day or hour, counted from 1970.
    start bigint not null,
    value text collate "C" not null,
    conversations bigint not null,
    count bigint not null,
    primary key (project_id, kind, unit, start, value)
  );
  create index tallies_empty on chatlog.tallies (project_id) where conversations = 0 and count = 0;
  create table chatlog.tally_changes (
    project_id text not null,
    number bigint generated always as identity,
    kind text not null,
    value text collate "C" not null,
    created_ms bigint not null,
    conversations integer not null,
    count integer not null,
    primary key (project_id, number)
  );

  create function chatlog.count_conversation() returns trigger language plpgsql as $$
  begin
    if tg_op <> 'INSERT' and old.messages is not null then
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      values (old.project_id, 'conversation', '', old.created_ms, -1, -1);
    end if;
    if tg_op <> 'DELETE' and new.messages is not null then
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      values (new.project_id, 'conversation', '', new.created_ms, 1, 1);
    end if;
    if tg_op = 'UPDATE' and old.messages is not null and new.messages is null then
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      select project_id, kind, value, created_ms, -1, -count from chatlog.facets
      where project_id = old.project_id and conversation_id = old.id and kind <> 'visitor';
    end if;
    return null;
  end $$;
  create trigger conversations_counted after insert on chatlog.conversations
    for each row when (new.messages is not null) execute function chatlog.count_conversation();
  create trigger conversations_uncounted after delete on chatlog.conversations
    for each row when (old.messages is not null) execute function chatlog.count_conversation();
  create trigger conversations_recounted after update on chatlog.conversations
    for each row when ((old.messages is null) <> (new.messages is null) or old.created_ms <> new.created_ms)
    execute function chatlog.count_conversation();

  create function chatlog.count_facets() returns trigger language plpgsql as $$
  begin
    if tg_op = 'INSERT' then
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      select added.project_id, added.kind, added.value, added.created_ms, 1, added.count from added
      join chatlog.conversations as owner on owner.project_id = added.project_id and owner.id = added.conversation_id
      where added.kind <> 'visitor' and owner.messages is not null;
    elsif tg_op = 'DELETE' then
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      select removed.project_id, removed.kind, removed.value, removed.created_ms, -1, -removed.count from removed
      join chatlog.conversations as owner on owner.project_id = removed.project_id and owner.id = removed.conversation_id
      where removed.kind <> 'visitor' and owner.messages is not null;
    else
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      select changed.project_id, changed.kind, changed.value, changed.created_ms, sum(conversations), sum(changed.count)
      from (
        select project_id, kind, value, conversation_id, created_ms, 1 as conversations, count from added
        union all
        select project_id, kind, value, conversation_id, created_ms, -1, -count from removed
      ) as changed
      join chatlog.conversations as owner on owner.project_id = changed.project_id and owner.id = changed.conversation_id
      where changed.kind <> 'visitor' and owner.messages is not null
      group by changed.project_id, changed.kind, changed.value, changed.created_ms
      having sum(conversations) <> 0 or sum(changed.count) <> 0;
    end if;
    return null;
  end $$;
  create trigger facets_counted after insert on chatlog.facets referencing new table as added
    for each statement execute function chatlog.count_facets();
  create trigger facets_uncounted after delete on chatlog.facets referencing old table as removed
    for each statement execute function chatlog.count_facets();
  create trigger facets_recounted after update on chatlog.facets referencing old table as removed new table as added
    for each statement execute function chatlog.count_facets();

  -- A collector of an earlier version that is still running knows nothing of words: what it writes is filled anew.
  create function chatlog.unfill_conversation() returns trigger language plpgsql as $$
  begin
    update chatlog.conversations set messages = null
    where project_id = new.project_id and id = new.conversation_id and messages is not null;
    return null;
  end $$;
  create trigger messages_unknown after insert on chatlog.messages
    for each row when (new.words is null) execute function chatlog.unfill_conversation();
  create trigger messages_unknown_again after update on chatlog.messages
    for each row when (new.writes = old.writes and new.fields::text <> old.fields::text)
    execute function chatlog.unfill_conversation();
  `,
  `
  -- When something of it last changed, updatedAt: what the live view is ordered by. Null before this version.
  alter table chatlog.conversations add column if not exists active_ms bigint;
  alter table chatlog.keys
    add column if not exists role text,
    add column if not exists name text,
    add column if not exists expires_at text,
    add column if not exists last_used_at text;
  -- Who read, exported, erased and changed what. Nothing in it is changed or erased.
  create table if not exists chatlog.audit (
    project_id text not null,
    arrival bigint generated always as identity,
    at_ms bigint not null,
    action text not null,
    key_id text,
    address text,
    subject text not null,
    primary key (project_id, arrival)
  );
  create table if not exists chatlog.settings (
    project_id text not null,
    name text not null,
    -- JSON.
    value text not null,
    primary key (project_id, name)
  );
  `,
  `
  -- Who is signed in to the live view: a hash of what the browser holds.
  create table if not exists chatlog.sessions (
    project_id text not null,
    hash text not null,
    key_id text not null,
    expires_ms bigint not null,
    primary key (project_id, hash)
  );
  -- What each key has sent on a day (UTC, counted from 1970).
  create table if not exists chatlog.usage (
    project_id text not null,
    key_id text not null,
    day integer not null,
    requests bigint not null,
    bytes bigint not null,
    conversations bigint not null,
    primary key (project_id, key_id, day)
  );
  `,
  // What a question asks, as a hash, by which it is known again. Null before this version.
  'alter table chatlog.messages add column if not exists asked text',
  `
  -- What each collector refused in the last hour, in its own words. Unlogged: a crash may empty it.
  create unlogged table if not exists chatlog.refusals (
    -- Empty for requests without a known key.
    project_id text not null,
    collector_id text not null,
    at_ms bigint not null,
    rows text not null,
    primary key (project_id, collector_id)
  );
  `,
  `
  -- From this version on the tallies know what statistics show of all conversations: of 'conversation' their messages, as
  -- its count, and of 'person' who had them. 'conversation' and 'feedback' are also kept by the quarter of an hour (unit 3).

  -- Cut: an index takes keys of some 2,700 bytes.
  create function chatlog.person_of(fields json) returns text language sql immutable parallel safe as $$
    select nullif(left(coalesce(fields #>> '{properties,chatlog,visitorId}', fields #>> '{userProperties,id}'), 512), '')
  $$;

  create or replace function chatlog.count_conversation() returns trigger language plpgsql as $$
  declare
    was boolean := tg_op <> 'INSERT' and old.messages is not null;
    counts boolean := tg_op <> 'DELETE' and new.messages is not null;
    was_person text;
    person text;
  begin
    if was and counts and old.created_ms = new.created_ms then
      if old.messages <> new.messages then
        insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
        values (new.project_id, 'conversation', '', new.created_ms, 0, new.messages - old.messages);
      end if;
    else
      if was then
        insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
        values (old.project_id, 'conversation', '', old.created_ms, -1, -old.messages);
      end if;
      if counts then
        insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
        values (new.project_id, 'conversation', '', new.created_ms, 1, new.messages);
      end if;
    end if;
    if was then was_person := chatlog.person_of(old.fields); end if;
    if counts then person := chatlog.person_of(new.fields); end if;
    if was_person is distinct from person or (was and counts and old.created_ms <> new.created_ms) then
      if was_person is not null then
        insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
        values (old.project_id, 'person', was_person, old.created_ms, -1, -1);
      end if;
      if person is not null then
        insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
        values (new.project_id, 'person', person, new.created_ms, 1, 1);
      end if;
    end if;
    if tg_op = 'UPDATE' and was and not counts then
      insert into chatlog.tally_changes (project_id, kind, value, created_ms, conversations, count)
      select project_id, kind, value, created_ms, -1, -count from chatlog.facets
      where project_id = old.project_id and conversation_id = old.id and kind <> 'visitor';
    end if;
    return null;
  end $$;
  drop trigger conversations_recounted on chatlog.conversations;
  create trigger conversations_recounted after update on chatlog.conversations
    for each row when (old.messages is not null or new.messages is not null)
    execute function chatlog.count_conversation();

  -- What is counted anew here must not change meanwhile: writers wait, for seconds where there are a million.
  lock table chatlog.conversations, chatlog.facets, chatlog.tally_changes, chatlog.tallies in share row exclusive mode;
  delete from chatlog.tally_changes where kind in ('conversation', 'feedback');
  delete from chatlog.tallies where kind in ('conversation', 'feedback');
  insert into chatlog.tallies (project_id, kind, unit, start, value, conversations, count)
  select project_id, kind, unit,
    case unit when 0 then 0 when 1 then ${utcDaySql} when 2 then ${utcHourSql} else ${quarterSql} end,
    value, sum(conversations), sum(count)
  from (
    select project_id, 'conversation' as kind, '' as value, created_ms, 1 as conversations, messages as count
    from chatlog.conversations where messages is not null
    union all
    select facet.project_id, facet.kind, facet.value, facet.created_ms, 1, facet.count from chatlog.facets as facet
    join chatlog.conversations as owner on owner.project_id = facet.project_id and owner.id = facet.conversation_id
    where facet.kind = 'feedback' and owner.messages is not null
  ) as counted cross join generate_series(0, 3) as unit
  group by 1, 2, 3, 4, 5;
  insert into chatlog.tallies (project_id, kind, unit, start, value, conversations, count)
  select project_id, 'person', unit, case unit when 0 then 0 else ${utcDaySql} end, chatlog.person_of(fields),
    count(*), count(*)
  from chatlog.conversations cross join generate_series(0, 1) as unit
  where messages is not null and chatlog.person_of(fields) is not null group by 1, 3, 4, 5;
  insert into chatlog.tallies (project_id, kind, unit, start, value, conversations, count)
  select project_id, 'people', 0, 0, '', 0, count(*) from chatlog.tallies where kind = 'person' and unit = 0 group by 1;
  `,
]

/** Indexes of the newest version, by name. They are made while collectors go on writing. */
const indexes: Record<string, string> = {
  messages_place: 'chatlog.messages (project_id, conversation_id, position, created_ms, role)',
  messages_created: 'chatlog.messages (project_id, conversation_id, created_ms, position)',
  // Each word begins with its project's own letters, so that one project's searches look at no other's.
  messages_asked: 'chatlog.messages (project_id, conversation_id, asked) where asked is not null',
  messages_words: 'chatlog.messages using gin (words)',
  conversations_arrival: 'chatlog.conversations (project_id, arrival desc)',
  facets_newest: 'chatlog.facets (project_id, kind, value, created_ms desc, conversation_id)',
  events_visitors: 'chatlog.events using gin (visitor_ids)',
  feedback_visitors: 'chatlog.feedback using gin (visitor_ids)',
  conversations_active: 'chatlog.conversations (project_id, coalesce(active_ms, created_ms) desc, arrival desc)',
}

/** What `migrate` would do, with nothing changed. */
export async function planMigration(sql: ISql): Promise<MigrationPlan> {
  const version = await findVersion(sql)
  const pending = version < 4 ? sql`` : sql`where messages is null`
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
 * Waits for whoever else migrates. It asks again and again: a statement that waits for the lock would hold a snapshot,
 * and `create index concurrently` waits for every snapshot, so the two would wait for each other for ever. Sent as
 * plain text for the same reason: a prepared statement keeps its snapshot until the transaction ends.
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
    // An index whose making was broken off stays and is kept up to date, but no statement uses it.
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
  // It looks first: `if not exists` needs the right to make schemas, even where an administrator has made this one.
  if (!found?.is_there) await sql`create schema chatlog`
  if (found?.has_version) return
  await sql`create table chatlog.version (version integer not null)`
  await sql`insert into chatlog.version (version) values (0)`
}
