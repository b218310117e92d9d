import { inItsPart, interruptedJson } from '../conversation/body.ts'
import {
  type Conversation,
  createConversation,
  deliveredRow,
  foldRows,
  goOnUnderNewId,
  isMarked,
  type MessageEntry,
  noHeader,
  putHeader,
  putMessage,
  takeUnsavedRows,
} from '../conversation/conversation.ts'
import { withJson } from '../conversation/merge.ts'
import type { ConversationHeader, LogRow, MessageRow, NewRow } from '../conversation/rows.ts'
import type { Platform } from '../platform.ts'
import { openDurableLog } from './durable-log.ts'
import type { StoreHooks } from './store-hooks.ts'
import { createTabChannel, type Told } from './tab-channel.ts'
import { createTabLife } from './tab-life.ts'
import { createWaiting } from './waiting.ts'

/** How long a request of which nothing more was heard may still arrive, in milliseconds. */
export const unsettledMs = 5_000

/** An answer is complete, or a page has loaded: what there is to send goes out this much later, in milliseconds. */
export const debounceMs = 1_000

/** What another tab has recorded is its own to send; after this long, in milliseconds, this one looks after it. */
const backupMs = 10_000

/** Where no Web Lock can tell, a streaming row of this age in milliseconds was left by a tab that is gone. */
const staleStreamMs = 60_000

/** The conversations that this tab knows, and their rows on the visitor's machine. */
export interface ConversationStore {
  /** Of this document. */
  tabId: string
  all(): Conversation[]
  get(id: string): Conversation | undefined
  /**
   * The conversation of that id.
   *
   * @param header `null`: there should be a stored one
   * @param stored there may be earlier rows: nothing is sent before they are read
   */
  open(id: string, header: ConversationHeader | null, stored: boolean): Conversation
  /** Puts a version of a message and saves it at once. */
  saveMessage(conversation: Conversation, row: MessageRow): MessageEntry
  /** Puts a header and saves it at once. */
  saveHeader(conversation: Conversation, header: ConversationHeader): void
  /** Runs once the conversation's earlier rows are read: now, if they are. `urgent`: or when the page hides. */
  whenLoaded(conversation: Conversation, callback: () => void, urgent?: boolean): void
  /** The page hides: runs what is urgent, and may not come to it later. */
  runUrgent(): void
  /** Reads what other tabs have stored since. */
  refresh(conversation: Conversation): Promise<void>
  /** After an acknowledged send that began at `startedAt` (`elapsedMs`): writes down what the server holds. */
  settle(conversation: Conversation, startedAt: number): Promise<void>
  /** A request went out of which nothing more will be heard: it may arrive late, so everything is sent once more. */
  unsettle(conversation: Conversation): void
  /** This tab sends, or leaves something to send: those who come after must know, should it end meanwhile. */
  mark(conversation: Conversation): void
  /** Hears of a refusal in another tab, also where nothing is said yet. */
  hear(): void
  /** Tells other tabs of a logout here. */
  tellLogout(at: number): void
  /** The last two rows of each stored conversation, newest first. */
  lastRows(): Promise<LogRow[][]>
  /**
   * Deletes the content of a conversation that is over and delivered, up to its newest row.
   *
   * @param wireId what it goes on from, should somebody ask for it again; `null` to forget that too
   */
  purge(id: string, upTo: number, wireId: string | null): void
  /** The page goes, perhaps into the back/forward cache: what isn't saved yet goes into the journal. */
  suspend(): void
  /** It came back. */
  resume(): void
  /** Forgets and deletes everything, and tells the other tabs that the visitor has refused. */
  clear(): void
  isDurable(): boolean
  close(): void
}

/** Opens the local conversation store; the database itself is opened when first needed. */
export function openConversationStore(platform: Platform, storeName: string, hooks: StoreHooks): ConversationStore {
  const tabId = platform.createId()
  const conversations = new Map<string, Conversation>()
  const waiting = createWaiting()
  const log = openDurableLog(platform, storeName, tabId, hooks.onMemoryOnly)
  const life = createTabLife(platform.locks, storeName, tabId, (goneId) => {
    // Its last rows come first: what it was receiving may have ended before it did.
    for (const conversation of conversations.values()) {
      void refresh(conversation).then(() => takeOver(conversation, goneId))
    }
  })
  const channel = createTabChannel(platform, storeName, (told) => void onTold(told))
  let wasToldOfRefusal = false

  const onTold = async (told: Told) => {
    wasToldOfRefusal = told === ''
    if (wasToldOfRefusal) return hooks.onDenied()
    if (typeof told === 'number') return hooks.onLogout(told)
    const conversation = conversations.get(told)
    if (!conversation?.loaded) return
    await refresh(conversation)
    hooks.onDirty(conversation, backupMs)
  }

  type OnSaved = (seqs: number[]) => void
  const append = (conversation: Conversation, rows: NewRow[], superseded: number[], onSaved: OnSaved) => {
    life.hold()
    conversation.saving++
    log.append(rows, superseded, (seqs) => {
      conversation.saving--
      // Nothing stands between what was read and this: it needn't be read.
      for (const seq of seqs) if (seq === conversation.readUpTo + 1) conversation.readUpTo = seq
      onSaved(seqs)
      channel.post(conversation.id)
    })
  }

  const headerRows = (conversation: Conversation) => takeUnsavedRows(conversation, tabId, platform.now())

  const saveMessage = (conversation: Conversation, row: MessageRow): MessageEntry => {
    const entry = putMessage(conversation, row)
    const { header, id, tabs } = conversation
    tabs[row.tabId] = Number.POSITIVE_INFINITY
    const rows = [{ ...row, conversationId: id }, ...headerRows(conversation)]
    append(conversation, rows, entry.ownSeqs.splice(0), ([seq, headerSeq]) => {
      entry.ownSeqs = entry.ownSeqs.concat(seq as number)
      tabs[row.tabId] = seq as number
      if (entry.row === row) entry.seq = seq as number
      if (headerSeq && conversation.header === header) conversation.headerSeq = headerSeq
    })
    return entry
  }

  const mark = (conversation: Conversation) => {
    if (isMarked(conversation, tabId)) return
    const { id, tabs, deliveredSeqs } = conversation
    tabs[tabId] = Number.POSITIVE_INFINITY
    append(conversation, [{ kind: 'armed', conversationId: id, tabId }], [], ([seq]) => {
      tabs[tabId] = seq as number
      deliveredSeqs.push(seq as number)
    })
  }

  const saveHeader = (conversation: Conversation, header: ConversationHeader) => {
    putHeader(conversation, header)
    conversation.headerUnsaved = true
    // What has no message yet is worth no row: it goes with the first.
    if (conversation.loaded && !conversation.messages.length) return
    append(conversation, headerRows(conversation), [], ([seq]) => {
      if (conversation.header === header) conversation.headerSeq = seq as number
    })
  }

  const refresh = async (conversation: Conversation) => {
    await log.read(conversation.id, conversation.readUpTo, (rows) => foldRows(conversation, rows, hooks.onCorrupt))
    const streaming = conversation.messages.filter(({ row }) => row.streaming).map(({ row }) => row.tabId)
    for (const id of Object.keys(conversation.tabs)) {
      if (isMarked(conversation, id) || streaming.includes(id)) life.watch(id)
    }
    if (conversation.loaded) assignParts(conversation)
  }

  /** What was recorded before the earlier messages were known belongs to no part yet, and stands after them. */
  const assignParts = (conversation: Conversation) => {
    for (const { row } of [...conversation.messages]) {
      if (!row.part) saveMessage(conversation, inItsPart(conversation, row, row.tabId === tabId))
    }
  }

  const load = async (conversation: Conversation) => {
    channel.open()
    await refresh(conversation)
    conversation.loaded = true
    if (conversation.header.updatedAt === 0) {
      const { messages } = conversation
      if (!messages.some(({ row }) => row.tabId !== tabId)) goOnUnderNewId(conversation, platform.createId())
      saveHeader(conversation, hooks.headerFor(conversation))
    }
    assignParts(conversation)
    if (!platform.locks) for (const id of Object.keys(conversation.tabs)) takeOver(conversation, id)
    waiting.runFor(conversation)
    const left = conversation.resend || [...conversation.dirty].some(({ row }) => row.tabId !== tabId)
    hooks.onDirty(conversation, left ? 0 : debounceMs)
  }

  /** That tab is gone: what it may have left under way is overtaken, what it was still receiving has ended. */
  const takeOver = (conversation: Conversation, goneId: string) => {
    if (goneId === tabId) return
    // Told of its end more than once: what is known already asks for no request.
    const isNews = isMarked(conversation, goneId)
    if (isNews) {
      conversation.goneTabs.add(goneId)
      unsettle(conversation)
    }
    const streams = conversation.messages.filter(({ row }) => row.streaming && row.tabId === goneId)
    const ended = streams.filter(({ row }) => endStream(conversation, row))
    if (isNews || ended.length) hooks.onDirty(conversation, 0)
  }

  /** @returns whether it has ended; where no lock can tell, it is looked at again */
  const endStream = (conversation: Conversation, row: MessageRow): boolean => {
    const ageMs = platform.now() - row.updatedAt
    // A row of the future was written before the clock jumped back: its age says nothing.
    const mayGrow = !platform.locks && ageMs >= 0 && ageMs < staleStreamMs
    if (mayGrow) platform.setTimer(() => takeOver(conversation, row.tabId), staleStreamMs - ageMs)
    // The same version: whatever its page may still say of it, back out of the back/forward cache, is newer.
    else saveMessage(conversation, withJson({ ...row, tabId, streaming: false }, interruptedJson(row)))
    return !mayGrow
  }

  const unsettle = (conversation: Conversation) => {
    conversation.resend = true
    conversation.unsettledUntil = platform.elapsedMs() + unsettledMs
  }

  return {
    tabId,
    all: () => [...conversations.values()].filter(({ purged }) => !purged),
    get: (id) => conversations.get(id),
    open(id, header, stored) {
      const known = conversations.get(id)
      if (known) return known
      const conversation = createConversation(id, header ?? noHeader, !stored)
      conversations.set(id, conversation)
      if (stored) void load(conversation)
      return conversation
    },
    saveMessage,
    saveHeader,
    whenLoaded(conversation, callback, urgent = false) {
      if (conversation.loaded) callback()
      else waiting.add(conversation, callback, urgent)
    },
    runUrgent: waiting.runUrgent,
    refresh,
    async settle(conversation, startedAt) {
      conversation.resend = startedAt < conversation.unsettledUntil
      if (!platform.locks) {
        await refresh(conversation)
        // No lock keeps tabs apart: what the other sent at the same time may have come first, and hold more.
        conversation.resend ||= conversation.overtaken
      }
      const { dirty, saving, resend, goneTabs, tabs, settled, deliveredSeqs } = conversation
      if (dirty.size || saving || resend || !log.isDurable()) return
      for (const id of goneTabs) settled[id] = tabs[id] ?? 0
      // What lingers may arrive after this page: its mark stays for those who come after.
      if (!conversation.lingering) settled[tabId] = tabs[tabId] ?? 0
      goneTabs.clear()
      append(conversation, [deliveredRow(conversation, tabId)], deliveredSeqs.splice(0), ([seq]) => {
        deliveredSeqs.push(seq as number)
      })
    },
    unsettle,
    mark,
    lastRows: () => log.lastRows(),
    hear: () => void channel.open(),
    tellLogout: channel.post,
    purge(id, upTo, wireId) {
      const known = conversations.get(id)
      if (known) known.purged = true
      conversations.delete(id)
      if (wireId === null) return void log.remove(id, upTo, null)
      const ended = { suffix: `~${upTo}`, continues: wireId, endedAt: platform.now() }
      void log.remove(id, upTo, { kind: 'ended', conversationId: id, tabId, ...ended }).then(() => channel.post(id))
    },
    suspend() {
      log.suspend()
      life.release()
      channel.close()
    },
    resume() {
      life.hold()
      channel.open()
      for (const conversation of conversations.values()) {
        if (!conversation.loaded) continue
        // Another tab may have settled what this one left: what it sends from now on is marked anew.
        conversation.settled[tabId] = conversation.tabs[tabId] ?? 0
        void refresh(conversation).then(() => hooks.onDirty(conversation, 0))
      }
    },
    clear() {
      conversations.clear()
      if (!wasToldOfRefusal) channel.post('')
      log.clear()
    },
    isDurable: () => log.isDurable(),
    close() {
      life.end()
      channel.end()
      log.close()
    },
  }
}
