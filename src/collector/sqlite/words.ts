import type Database from 'libsql'
import type { StoredMessage } from '../../contract/answer.ts'
import { textOf } from '../store/search-text.ts'
import { type WantedWord, wordPrefixOf, wordsInIndex } from '../store/words.ts'

/** How many rows of `words` are kept free for one conversation: more than the most messages that one has. */
export const wordsPerConversation = 1_048_576

/** Keeps the embedded store's index of words; called within the transaction that writes the messages. */
export function createSqliteWords(database: Database.Database) {
  const insert = database.prepare('insert into words (rowid, said) values (?, ?)')
  // The index doesn't keep the texts, so it forgets a row only when it is told what stood there.
  const remove = database.prepare(`insert into words (words, rowid, said) values ('delete', ?, ?)`)

  return {
    add: (projectId: string, wordsId: number, message: StoredMessage) =>
      void insert.run(wordsId, textInIndex(projectId, message)),
    replace(projectId: string, wordsId: number, before: StoredMessage, after: StoredMessage): void {
      if (textOf(before) === textOf(after)) return
      remove.run(wordsId, textInIndex(projectId, before))
      insert.run(wordsId, textInIndex(projectId, after))
    },
    remove: (projectId: string, wordsId: number, message: StoredMessage) =>
      void remove.run(wordsId, textInIndex(projectId, message)),
  }
}

/** What `match` takes: messages of the project that say every one of the words. */
export function matchOf(projectId: string, wanted: readonly WantedWord[]): string {
  const prefix = wordPrefixOf(projectId)
  return wanted.map(({ folded, isBeginning }) => `"${prefix}${folded}"${isBeginning ? ' *' : ''}`).join(' AND ')
}

const textInIndex = (projectId: string, message: StoredMessage) => wordsInIndex(projectId, textOf(message))
