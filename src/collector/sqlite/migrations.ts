import type Database from 'libsql'
import type { MigrationPlan } from '../store/migration-plan.ts'
import { quarterSql } from '../store/quarter.ts'
import { utcDaySql, utcHourSql } from '../store/utc-day.ts'
import { fillConversations } from './fill.ts'
import { personOf } from './person.ts'
import { writeTransaction } from './write-transaction.ts'

type Migration = string | ((database: Database.Database) => void)

/** The steps to each version, the first bringing an empty file to version 1. Never changed once released. */
export const migrations: Migration[] = [
  `
  create table conversations (
    -- Order of arrival; breaks ties between conversations of one createdAt.
    arrival integer primary key autoincrement,
    project_id text not null,
    id text not null,
    created_ms integer not null,
    -- Every field but the messages, JSON.
    fields text not null,
    unique (project_id, id)
  );
  create index conversations_newest on conversations (project_id, created_ms desc, arrival desc);

  create table messages (
    project_id text not null,
    conversation_id text not null,
    id text not null,
    position integer not null,
    -- The message, JSON.
    fields text not null,
    primary key (project_id, conversation_id, id)
  );
  create unique index messages_id on messages (project_id, id);

  create table keys (
    id text primary key,
    project_id text not null,
    type text not null,
    hash text not null,
    -- JSON array.
    origins text not null,
    created_at text not null,
    revoked_at text
  );
  create index keys_project on keys (project_id, created_at);
  `,
  `
    -- When it was last written, by the collector's clock; what was stored before this version counts from now.
    alter table conversations add column stored_ms integer not null default 0;
    update conversations set stored_ms = unixepoch() * 1000;
    create index conversations_stored on conversations (project_id, stored_ms);

    -- What a conversation is found and counted by.
    create table facets (
      project_id text not null,
      kind text not null,
      value text not null,
      conversation_id text not null,
      -- The conversation's, repeated: counting over a time needs no look at the conversation.
      created_ms integer not null,
      count integer not null,
      primary key (project_id, kind, value, conversation_id)
    ) without rowid;
    create index facets_conversation on facets (project_id, conversation_id);

    create table events (
      project_id text not null,
      id text not null,
      entity_type text not null,
      message_id text,
      conversation_id text,
      created_ms integer not null,
      stored_ms integer not null,
      -- The event, JSON.
      fields text not null,
      primary key (project_id, id)
    );
    create index events_message on events (project_id, message_id) where message_id is not null;
    create index events_conversation on events (project_id, conversation_id) where conversation_id is not null;
    create index events_newest on events (project_id, entity_type, created_ms desc);
    create index events_stored on events (project_id, stored_ms);

    create table feedback (
      project_id text not null,
      id text not null,
      message_id text not null,
      type text not null,
      created_ms integer not null,
      stored_ms integer not null,
      -- The feedback, JSON.
      fields text not null,
      primary key (project_id, id)
    );
    create index feedback_message on feedback (project_id, message_id);
    create index feedback_newest on feedback (project_id, type, created_ms desc);
    create index feedback_stored on feedback (project_id, stored_ms);

    -- Who an event or feedback is of, so that a person's are found.
    create table reaction_visitors (
      project_id text not null,
      visitor_id text not null,
      -- 'event' or 'feedback'
      kind text not null,
      id text not null,
      primary key (project_id, visitor_id, kind, id)
    ) without rowid;
    create index reaction_visitors_id on reaction_visitors (project_id, kind, id);
  `,
  (database) => {
    addColumns(database, 'conversations', {
      // What an upsert needs to know of a conversation without reading it whole; null until the conversation is filled.
      messages: 'integer',
      // UTF-8 bytes of its messages as JSON.
      bytes: 'integer',
      questions: 'integer',
      // The page on which the conversation was first stored: relative links are made absolute with it.
      base_url: 'text',
    })
    addColumns(database, 'messages', { created_ms: 'integer', role: 'text', bytes: 'integer' })
    database.exec(`
      create index if not exists messages_place
        on messages (project_id, conversation_id, position, created_ms, role);
      create index if not exists messages_created on messages (project_id, conversation_id, created_ms, position);
      update conversations set messages = null where messages is not null`)
  },
  (database) => {
    // The row of `words` that holds what the message says.
    addColumns(database, 'messages', { words_id: 'integer' })
    // The conversation of the message that the feedback is on, once both are stored.
    addColumns(database, 'feedback', { conversation_id: 'text' })
    database.exec(talliesSql)
    database.exec(wordsSql)
    database.exec(`update conversations set messages = null where messages is not null`)
  },
  (database) => {
    // When the conversation last changed, `updatedAt`, by which the live view is ordered. Null before this version.
    addColumns(database, 'conversations', { active_ms: 'integer' })
    addColumns(database, 'keys', { role: 'text', name: 'text', expires_at: 'text', last_used_at: 'text' })
    database.exec(`
      create index if not exists conversations_active
        on conversations (project_id, coalesce(active_ms, created_ms) desc, arrival desc);
      -- Who read, exported, erased and changed what. Nothing in it is changed or erased.
      create table if not exists audit (
        arrival integer primary key autoincrement,
        project_id text not null,
        at_ms integer not null,
        action text not null,
        key_id text,
        address text,
        subject text not null
      );
      create index if not exists audit_newest on audit (project_id, arrival desc);
      create table if not exists settings (
        project_id text not null,
        name text not null,
        -- JSON.
        value text not null,
        primary key (project_id, name)
      ) without rowid`)
  },
  (database) => {
    database.exec(`
      -- Who is signed in to the live view: a hash of what the browser holds.
      create table if not exists sessions (
        project_id text not null,
        hash text not null,
        key_id text not null,
        expires_ms integer not null,
        primary key (project_id, hash)
      ) without rowid;
      -- What each key has sent on a day (UTC, counted from 1970).
      create table if not exists usage (
        project_id text not null,
        key_id text not null,
        day integer not null,
        requests integer not null,
        bytes integer not null,
        conversations integer not null,
        primary key (project_id, key_id, day)
      ) without rowid`)
  },
  (database) => {
    // What a question asks, as a hash, by which it is known again. Null before this version.
    addColumns(database, 'messages', { asked: 'text' })
    database.exec(`create index if not exists messages_asked
      on messages (project_id, conversation_id, asked) where asked is not null`)
  },
  // From this version on the tallies know what statistics show of all conversations: of 'conversation' their messages, as
  // its count, and of 'person' who had them. 'conversation' and 'feedback' are also kept by the quarter of an hour (3).
  `
    drop trigger conversations_counted;
    drop trigger conversations_uncounted;
    drop trigger conversations_recounted;
    create trigger conversations_counted after insert on conversations when new.messages is not null begin
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      values (new.project_id, 'conversation', '', new.created_ms, 1, new.messages);
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select new.project_id, 'person', ${personOf('new')}, new.created_ms, 1, 1 where ${personOf('new')} is not null;
    end;
    create trigger conversations_uncounted after delete on conversations when old.messages is not null begin
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      values (old.project_id, 'conversation', '', old.created_ms, -1, -old.messages);
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select old.project_id, 'person', ${personOf('old')}, old.created_ms, -1, -1 where ${personOf('old')} is not null;
    end;
    create trigger conversations_grown after update on conversations
    when old.created_ms = new.created_ms and old.messages <> new.messages begin
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      values (new.project_id, 'conversation', '', new.created_ms, 0, new.messages - old.messages);
    end;
    create trigger conversations_recounted after update on conversations
    when (old.messages is null) <> (new.messages is null) or old.created_ms <> new.created_ms begin
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select old.project_id, 'conversation', '', old.created_ms, -1, -old.messages where old.messages is not null;
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select new.project_id, 'conversation', '', new.created_ms, 1, new.messages where new.messages is not null;
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select project_id, kind, value, created_ms, -1, -count from facets
      where project_id = old.project_id and conversation_id = old.id and kind <> 'visitor'
      and old.messages is not null and new.messages is null;
    end;
    create trigger conversations_renamed after update on conversations
    when iif(old.messages is null, null, ${personOf('old')}) is not iif(new.messages is null, null, ${personOf('new')})
    or old.created_ms <> new.created_ms
    begin
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select old.project_id, 'person', ${personOf('old')}, old.created_ms, -1, -1
      where old.messages is not null and ${personOf('old')} is not null;
      insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
      select new.project_id, 'person', ${personOf('new')}, new.created_ms, 1, 1
      where new.messages is not null and ${personOf('new')} is not null;
    end;

    delete from tally_changes where kind in ('conversation', 'feedback');
    delete from tallies where kind in ('conversation', 'feedback');
    create temp table counted as
      select project_id, 'conversation' as kind, '' as value, created_ms, 1 as conversations, messages as count
      from conversations where messages is not null
      union all
      select f.project_id, f.kind, f.value, f.created_ms, 1, f.count from facets f
      join conversations c on c.project_id = f.project_id and c.id = f.conversation_id
      where f.kind = 'feedback' and c.messages is not null;
    ${[['0', '0'] as const, ['1', utcDaySql] as const, ['2', utcHourSql] as const, ['3', quarterSql] as const]
      .map(
        ([unit, start]) => `
    insert into tallies (project_id, kind, unit, start, value, conversations, count)
    select project_id, kind, ${unit}, ${start} as start, value, sum(conversations), sum(count) from counted
    group by project_id, kind, start, value;`,
      )
      .join('')}
    drop table counted;
    ${[['0', '0'] as const, ['1', utcDaySql] as const]
      .map(
        ([unit, start]) => `
    insert into tallies (project_id, kind, unit, start, value, conversations, count)
    select project_id, 'person', ${unit}, ${start} as start, ${personOf('conversations')} as person, count(*), count(*)
    from conversations where messages is not null and person is not null group by project_id, start, person;`,
      )
      .join('')}
    insert into tallies (project_id, kind, unit, start, value, conversations, count)
    select project_id, 'people', 0, 0, '', 0, count(*) from tallies
    where kind = 'person' and unit = 0 group by project_id;
  `,
]

// What is counted is kept counted. Triggers do it, whoever writes: a conversation and what it is found by count from
// when it is filled. They append what changed, which costs one page; \`tallies\` takes it in later, many changes at
// once.
const talliesSql = `
  create table tallies (
    project_id text not null,
    -- A facet's kind, or 'conversation'.
    kind text not null,
    -- 0: all time, 1: days (UTC), 2: hours, by the conversation's createdAt.
    unit integer not null,
    -- Which day or hour, counted from 1970.
    start integer not null,
    value text not null,
    conversations integer not null,
    count integer not null,
    primary key (project_id, kind, unit, start, value)
  ) without rowid;
  create index tallies_empty on tallies (project_id) where conversations = 0 and count = 0;
  create table tally_changes (
    number integer primary key autoincrement,
    project_id text not null,
    kind text not null,
    value text not null,
    created_ms integer not null,
    conversations integer not null,
    count integer not null
  );
  -- Its entries end with the number, and so stand in its order.
  create index tally_changes_project on tally_changes (project_id);
  create index facets_newest on facets (project_id, kind, value, created_ms desc, conversation_id);

  create trigger conversations_counted after insert on conversations when new.messages is not null begin
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    values (new.project_id, 'conversation', '', new.created_ms, 1, 1);
  end;
  create trigger conversations_uncounted after delete on conversations when old.messages is not null begin
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    values (old.project_id, 'conversation', '', old.created_ms, -1, -old.messages);
  end;
  create trigger conversations_recounted after update on conversations
  when (old.messages is null) <> (new.messages is null) or old.created_ms <> new.created_ms begin
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    select old.project_id, 'conversation', '', old.created_ms, -1, -1 where old.messages is not null;
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    select new.project_id, 'conversation', '', new.created_ms, 1, 1 where new.messages is not null;
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    select project_id, kind, value, created_ms, -1, -count from facets
    where project_id = old.project_id and conversation_id = old.id and kind <> 'visitor'
    and old.messages is not null and new.messages is null;
  end;
  create trigger facets_counted after insert on facets when ${isCounted('new')} begin
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    values (new.project_id, new.kind, new.value, new.created_ms, 1, new.count);
  end;
  create trigger facets_uncounted after delete on facets when ${isCounted('old')} begin
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    values (old.project_id, old.kind, old.value, old.created_ms, -1, -old.count);
  end;
  create trigger facets_recounted after update on facets when ${isCounted('new')} begin
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    select old.project_id, old.kind, old.value, old.created_ms, -1, -old.count where old.created_ms <> new.created_ms;
    insert into tally_changes (project_id, kind, value, created_ms, conversations, count)
    values (new.project_id, new.kind, new.value, new.created_ms, old.created_ms <> new.created_ms,
      new.count - iif(old.created_ms = new.created_ms, old.count, 0));
  end;
`

/** Visitors are counted one by one: there are as many of them as conversations. */
function isCounted(row: 'new' | 'old'): string {
  return `${row}.kind <> 'visitor' and exists (select 1 from conversations
    where project_id = ${row}.project_id and id = ${row}.conversation_id and messages is not null)`
}

// One row a message, its number made of the conversation's arrival and the message's own: pages of a search are read in
// that order, and end where they are full. The words come folded and told apart by spaces, so that \`ascii\` cuts
// nothing else; \`secure-delete\` leaves nothing of them when they go.
const wordsSql = `
  create virtual table words using fts5(said, content='', tokenize='ascii', detail=none, columnsize=0);
  insert into words (words, rank) values ('secure-delete', 1);
`

/** Adds the columns that are missing: SQLite has no `add column if not exists`, and a step may have to run twice. */
function addColumns(database: Database.Database, table: string, columns: Record<string, string>): void {
  const known = database.prepare(`pragma table_info(${table})`).all() as { name: string }[]
  for (const [name, type] of Object.entries(columns)) {
    if (!known.some((column) => column.name === name)) database.exec(`alter table ${table} add column ${name} ${type}`)
  }
}

/** What `migrate` would do, with nothing changed. */
export function planMigration(database: Database.Database): MigrationPlan {
  const version = readVersion(database)
  return { version, newest: migrations.length, conversations: countUnfilled(database, version) }
}

function countUnfilled(database: Database.Database, version: number): number {
  if (version === 0) return 0
  const where = version < 4 ? '' : 'where messages is null'
  return (database.prepare(`select count(*) as count from conversations ${where}`).get() as { count: number }).count
}

/**
 * Brings the file to the newest version: the tables in one transaction, then conversations in batches, each in one.
 * What ends it in the middle loses nothing: the next start goes on.
 *
 * @param report told how many conversations are done, after each batch
 * @throws Error when a newer chatlog wrote the file: it is left alone
 */
export function migrate(database: Database.Database, report: (done: number) => void = () => {}): void {
  const run = writeTransaction(database, () => {
    const version = readVersion(database)
    if (version > migrations.length) {
      throw new Error(`the data is of version ${version}, this collector knows ${migrations.length}: update chatlog`)
    }
    for (const step of migrations.slice(version)) {
      if (typeof step === 'string') database.exec(step)
      else step(database)
    }
    if (version < migrations.length) database.exec(`pragma user_version = ${migrations.length}`)
  })
  run()
  fillConversations(database, report)
}

function readVersion(database: Database.Database): number {
  return (database.prepare('pragma user_version').get() as { user_version: number }).user_version
}
