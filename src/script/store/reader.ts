import { inItsPart } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { forgetContent } from '../conversation/discarding.ts'
import type { LogRow } from '../conversation/rows.ts'
import { goOnUnder, isShared, type MessageEntry, wireIdOf } from '../conversation/transcript.ts'
import type { Happening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import type { DurableLog } from './durable-log.ts'
import { foldRows } from './fold-rows.ts'
import { positionLost, rowsLoaded, type StoredConversation, suffixChanged, takeOwnSeqs } from './log-position.ts'
import { tabsToWatch } from './other-tabs.ts'
import type { TabLife } from './tab-life.ts'
import type { Writer } from './writer.ts'

/** Brings memory up to what all tabs have stored. */
export interface Reader {
  /** Reads what other tabs have stored since. @returns whether the store has answered */
  refresh(conversation: StoredConversation): Promise<boolean>
  /** Reads what earlier pages have stored. */
  load(conversation: StoredConversation): Promise<void>
  /** The log was opened again: where it lacks rows of this conversation, saves everything anew. */
  restore(conversation: StoredConversation): Promise<void>
}

interface ReaderParts {
  platform: Platform
  tabId: string
  log: DurableLog
  writer: Writer
  life: TabLife
  corrupt: Happening<[LogRow]>
  headerMissing: Happening<[Conversation]>
  swept: Happening<[number]>
}

export function createReader({
  platform,
  tabId,
  log,
  writer,
  life,
  corrupt,
  headerMissing,
  swept,
}: ReaderParts): Reader {
  const refresh = async (conversation: StoredConversation) => {
    const { id, logPosition: position } = conversation
    const answered = await log.read(id, position.readUpTo, (rows) => foldRows(conversation, rows, tabId, corrupt.tell))
    for (const other of tabsToWatch(conversation)) life.watch(other)
    if (position.loaded) {
      writer.deleteRows(conversation, sweep(conversation))
      assignParts(conversation)
    }
    return answered
  }

  /** Gives a part to messages that were recorded before the earlier ones were read, and puts them behind those. */
  const assignParts = (conversation: StoredConversation) => {
    for (const { row } of [...conversation.messages]) {
      if (!row.part) writer.saveMessage(conversation, inItsPart(conversation, row, row.tabId === tabId))
    }
  }

  /** Forgets messages that came to a conversation after the visitor had removed it. @returns those */
  const sweep = (conversation: StoredConversation) => {
    const entries = forgetContent(conversation)
    const count = entries.filter(({ row }) => row.tabId === tabId).length
    if (count) swept.tell(count)
    return entries
  }

  return {
    refresh,
    async load(conversation) {
      const { id, logPosition: position, messages } = conversation
      let isBroken = false
      const stopHearing = corrupt.on((row) => {
        isBroken ||= row.conversationId === id
      })
      const answered = await refresh(conversation)
      foldRows(conversation, log.waiting(id), tabId, corrupt.tell)
      stopHearing()
      rowsLoaded(position)
      const isUnknown = conversation.header.updatedAt === 0
      // A header that can't be read may stand before rows that can. One that isn't there came with rows that are gone too,
      // though a journal has brought later ones.
      const isThere = isBroken && messages.some(({ row }) => row.tabId !== tabId)
      // This machine no longer has the history, or can't read it: under its old id, what is recorded now would
      // overwrite the server's copy.
      if (!answered || (isUnknown && !isThere)) {
        goOnUnder(conversation, `~${platform.createId().slice(0, 8)}`, wireIdOf(conversation))
        suffixChanged(position)
      }
      // Its id is the same on every device; that what is known here isn't all, holds back what is sent.
      if (isShared(conversation)) goOnUnder(conversation, '', null)
      if (isUnknown) headerMissing.tell(conversation)
      if (sweep(conversation).length) writer.saveDiscarded(conversation)
      assignParts(conversation)
    },
    async restore(conversation) {
      const { id, logPosition: position, messages } = conversation
      const found = new Map<number, string>()
      const answered = await log.read(id, 0, (rows) => {
        for (const row of rows) if (row.kind === 'message') found.set(row.seq, row.id)
      })
      const waiting = new Set(log.waiting(id).map((row) => row.kind === 'message' && row.id))
      const isThere = ({ seq, row }: MessageEntry) => (seq ? found.get(seq) === row.id : waiting.has(row.id))
      if (!answered || messages.every(isThere)) return
      positionLost(position)
      for (const entry of messages) takeOwnSeqs(entry)
      for (const { row } of [...messages]) writer.saveMessage(conversation, row)
    },
  }
}
