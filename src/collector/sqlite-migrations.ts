import type Database from 'libsql'

/** Statements of each version, the first bringing an empty file to version 1. Never changed once released. */
const migrations = [
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
    for (const statements of migrations.slice(version)) database.exec(statements)
    database.exec(`pragma user_version = ${migrations.length}`)
  })
  run.immediate()
}

function readVersion(database: Database.Database): number {
  return (database.prepare('pragma user_version').get() as { user_version: number }).user_version
}
