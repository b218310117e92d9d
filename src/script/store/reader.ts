import { inItsPart } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { LogRow } from '../conversation/rows.ts'
import { goOnUnder } from '../conversation/transcript.ts'
import type { Happening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import type { DurableLog } from './durable-log.ts'
import { foldRows } from './fold-rows.ts'
import { rowsLoaded, type StoredConversation, suffixChanged } from './log-position.ts'
import { tabsToWatch } from './other-tabs.ts'
import type { TabLife } from './tab-life.ts'
import type { Writer } from './writer.ts'

/** Brings memory up to what all tabs have stored. */
export interface Reader {
  /** Reads what other tabs have stored since. */
  refresh(conversation: StoredConversation): Promise<void>
  /** Reads what earlier pages have stored. */
  load(conversation: StoredConversation): Promise<void>
}

interface ReaderParts {
  platform: Platform
  tabId: string
  log: DurableLog
  writer: Writer
  life: TabLife
  corrupt: Happening<[LogRow]>
  headerMissing: Happening<[Conversation]>
}

export function createReader({ platform, tabId, log, writer, life, corrupt, headerMissing }: ReaderParts): Reader {
  const refresh = async (conversation: StoredConversation) => {
    const { id, log: position } = conversation
    await log.read(id, position.readUpTo, (rows) => foldRows(conversation, rows, tabId, corrupt.tell))
    for (const other of tabsToWatch(conversation)) life.watch(other)
    if (position.loaded) assignParts(conversation)
  }

  /** What was recorded before the earlier messages were known belongs to no part yet, and stands after them. */
  const assignParts = (conversation: StoredConversation) => {
    for (const { row } of [...conversation.messages]) {
      if (!row.part) writer.saveMessage(conversation, inItsPart(conversation, row, row.tabId === tabId))
    }
  }

  return {
    refresh,
    async load(conversation) {
      await refresh(conversation)
      const { log: position, messages, id } = conversation
      rowsLoaded(position)
      if (conversation.header.updatedAt === 0) {
        // The history isn't on this machine any more: the server's copy of it must not be overwritten.
        if (!messages.some(({ row }) => row.tabId !== tabId)) {
          goOnUnder(conversation, `~${platform.createId().slice(0, 8)}`, id)
          suffixChanged(position)
        }
        headerMissing.tell(conversation)
      }
      assignParts(conversation)
    },
  }
}
