import type Database from 'libsql'
import { fillFacets } from './facets.ts'

type Migration = string | ((database: Database.Database) => void)

/** The steps to each version, the first bringing an empty file to version 1. Never changed once released. */
const migrations: Migration[] = [
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
  (database) => {
    database.exec(`
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
    `)
    fillFacets(database)
  },
]

/**
 * Brings the file to the newest version, in one transaction.
 *
 * @throws Error when a newer chatlog wrote the file: it is left alone
 */
export function migrate(database: Database.Database): void {
  const run = database.transaction(() => {
    const version = readVersion(database)
    if (version > migrations.length) {
      throw new Error(`the data is of version ${version}, this collector knows ${migrations.length}: update chatlog`)
    }
    for (const step of migrations.slice(version)) {
      if (typeof step === 'string') database.exec(step)
      else step(database)
    }
    database.exec(`pragma user_version = ${migrations.length}`)
  })
  run.immediate()
}

function readVersion(database: Database.Database): number {
  return (database.prepare('pragma user_version').get() as { user_version: number }).user_version
}
