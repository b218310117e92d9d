import type { Conversation } from '../conversation/conversation.ts'
import { lostSightOf, sentOnceMore, tabIsDone } from '../conversation/delivery.ts'
import { forgetContent } from '../conversation/discarding.ts'
import { discardedHeader } from '../conversation/merge.ts'
import type { ConversationHeader, LogRow, MessageRow, NewRow } from '../conversation/rows.ts'
import { isDiscarded, type MessageEntry, putHeader, wireIdOf } from '../conversation/transcript.ts'
import { createHappening, type Happening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import type { Change } from './change.ts'
import { type DurableLog, openDurableLog } from './durable-log.ts'
import { createConversation, rowsPurged, type StoredConversation } from './log-position.ts'
import { createTakeOver, tabsToWatch, unsettledMs } from './other-tabs.ts'
import { createReader, type Reader } from './reader.ts'
import { createTabChannel, type TabChannel } from './tab-channel.ts'
import { createTabLife, type TabLife } from './tab-life.ts'
import { createWaiting, type Waiting } from './waiting.ts'
import { createWriter, type Writer } from './writer.ts'

/** An answer is complete, or a page has loaded: what there is to send goes out this much later, in milliseconds. */
export const debounceMs = 1_000

/** What another tab has recorded is its own to send; after this long, in milliseconds, this one looks after it. */
const backupMs = 10_000

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
  refresh(conversation: Conversation): Promise<unknown>
  /** Before this tab sends, or leaves something to send: writes down that it may have something under way. */
  saveSending(conversation: Conversation): void
  /**
   * After an acknowledged send: writes down what the server holds.
   *
   * @param startedAt when the send began (`elapsedMs`)
   * @param deliveredSeq the position's when it began
   */
  saveDelivered(conversation: Conversation, startedAt: number, deliveredSeq: number): Promise<void>
  /** A request went out of which nothing more will be heard: it may arrive late, so everything is sent once more. */
  loseSight(conversation: Conversation): void
  /** Says that there is something to send. */
  announce(...change: Change): void
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
  /** The visitor has removed the conversation: its content is deleted, and the server told so. */
  discard(conversation: Conversation): void
  /** The page goes, perhaps into the back/forward cache: what isn't saved yet goes into the journal. */
  suspend(): void
  /** It came back. */
  resume(): void
  /** Forgets and deletes everything, and tells the other tabs that the visitor has refused. */
  clear(): void
  isDurable(): boolean
  close(): void
  /** There is something to send. */
  onChanged: Happening<Change>['on']
  /** The header of a stored conversation is gone: the listener saves another. */
  onHeaderMissing: Happening<[Conversation]>['on']
  /** In another tab the visitor has refused. */
  onDenied: Happening<[]>['on']
  /** In another tab somebody logged out, at that time in milliseconds since 1970. */
  onLogout: Happening<[at: number]>['on']
  /** So many messages of this page came to a conversation that was removed, and are gone with it. */
  onSwept: Happening<[messages: number]>['on']
  /** A stored row makes no sense: it is set aside. */
  onCorrupt: Happening<[LogRow]>['on']
  /** Nothing can be stored for now. Told once. */
  onMemoryOnly: Happening<[cause: unknown]>['on']
}

/** Opens the local conversation store; the database itself is opened when first needed. */
export function openConversationStore(platform: Platform, storeName: string): ConversationStore {
  const tabId = platform.createId()
  const conversations = new Map<string, StoredConversation>()
  const changed = createHappening<Change>()
  const headerMissing = createHappening<[Conversation]>()
  const corrupt = createHappening<[LogRow]>()
  const swept = createHappening<[number]>()
  const waiting = createWaiting()
  const log = openDurableLog({
    ...{ platform, storeName, tabId },
    wireIdOf(id) {
      const conversation = conversations.get(id)
      return conversation ? wireIdOf(conversation) : id
    },
  })
  const channel = createTabChannel(platform, storeName)
  const life = createTabLife(platform.locks, storeName, tabId)
  const writer = createWriter({ platform, tabId, log, channel, life })
  const { refresh, load, restore } = createReader({ platform, tabId, log, writer, life, corrupt, headerMissing, swept })
  const takeOver = createTakeOver({ platform, tabId, writer, changed })
  const others = hearOtherTabs({ conversations, channel, life, refresh, takeOver, changed })

  log.onReopened(() => {
    for (const conversation of conversations.values()) {
      if (conversation.log.loaded && !conversation.log.purged) void restore(conversation)
    }
  })

  const begin = async (conversation: StoredConversation) => {
    channel.open()
    await load(conversation)
    if (!platform.locks) for (const id of tabsToWatch(conversation)) takeOver(conversation, id)
    waiting.runFor(conversation)
    const { dirty, unsettledUntil } = conversation.delivery
    const left = unsettledUntil || [...dirty].some(({ row }) => row.tabId !== tabId)
    changed.tell(conversation, 'earlier_page', left ? 0 : debounceMs)
  }

  const open: ConversationStore['open'] = (id, header, stored) => {
    const known = conversations.get(id)
    if (known) return known
    const conversation = createConversation(id, header, stored)
    conversations.set(id, conversation)
    if (stored) void begin(conversation)
    return conversation
  }

  return {
    tabId,
    all: () => [...conversations.values()].filter(({ log }) => !log.purged),
    get: (id) => conversations.get(id),
    open,
    ...{ saveMessage: writer.saveMessage, saveHeader: writer.saveHeader, saveSending: writer.saveSending },
    ...createSettling({ platform, tabId, log, refresh, writer }),
    ...createEnding({ platform, tabId, log, channel, life, conversations, others, changed, refresh }),
    discard: createDiscard({ platform, log, writer, waiting, changed }),
    whenLoaded(conversation, callback, urgent = false) {
      if (conversation.log.loaded) callback()
      else waiting.add(conversation, callback, urgent)
    },
    runUrgent: waiting.runUrgent,
    refresh,
    announce: changed.tell,
    lastRows: () => log.lastRows(),
    hear: () => void channel.open(),
    tellLogout: (at) => channel.post({ kind: 'logout', at }),
    isDurable: () => log.isDurable(),
    onChanged: changed.on,
    onHeaderMissing: headerMissing.on,
    onDenied: others.denied.on,
    onLogout: others.logout.on,
    onSwept: swept.on,
    onCorrupt: corrupt.on,
    onMemoryOnly: log.onMemoryOnly,
  }
}

interface DiscardParts {
  platform: Platform
  log: DurableLog
  writer: Writer
  waiting: Waiting
  changed: Happening<Change>
}

/** The visitor removes a conversation. */
function createDiscard({ platform, log, writer, waiting, changed }: DiscardParts) {
  return (conversation: StoredConversation) => {
    if (isDiscarded(conversation)) return
    // At once: what comes in the same task comes after it.
    const at = new Date(platform.now()).toISOString()
    putHeader(conversation, discardedHeader(conversation.header, at))
    const finish = () => {
      const isKnown = forgetContent(conversation).length || conversation.messages.length || conversation.continues
      if (!isKnown) return log.dropWaiting(conversation.id)
      writer.saveDiscarded(conversation)
      changed.tell(conversation, 'discarded', 0)
    }
    if (conversation.log.loaded) finish()
    else waiting.add(conversation, finish, true)
  }
}

interface SettlingParts {
  platform: Platform
  tabId: string
  log: DurableLog
  refresh: Reader['refresh']
  writer: Writer
}

/** What is written down of this tab's own requests. */
function createSettling({ platform, tabId, log, refresh, writer }: SettlingParts) {
  return {
    async saveDelivered(conversation: StoredConversation, startedAt: number, deliveredSeq: number) {
      const { delivery, log: position } = conversation
      if (startedAt >= delivery.unsettledUntil) sentOnceMore(delivery)
      if (!platform.locks) {
        await refresh(conversation)
        // No lock keeps tabs apart: what the other sent at the same time may have come first, and hold more.
        if (position.deliveredSeq > deliveredSeq) lostSightOf(delivery, platform.elapsedMs())
      }
      if (!log.isDurable() && !delivery.dirty.size && !delivery.unsettledUntil) return log.forget(conversation.id)
      if (delivery.dirty.size || position.saving || delivery.unsettledUntil || !log.isDurable()) return
      // What lingers may arrive after this page: its mark stays for those who come after.
      if (!delivery.lingering) tabIsDone(delivery, tabId)
      writer.saveDelivered(conversation)
    },
    loseSight(conversation: Conversation) {
      lostSightOf(conversation.delivery, platform.elapsedMs() + unsettledMs)
    },
  }
}

interface EndingParts {
  platform: Platform
  tabId: string
  log: DurableLog
  channel: TabChannel
  life: TabLife
  conversations: Map<string, StoredConversation>
  others: OtherTabs
  changed: Happening<Change>
  refresh: Reader['refresh']
}

/** The end of a conversation, of a page's life, and of everything. */
function createEnding({ platform, tabId, log, channel, life, conversations, others, changed, refresh }: EndingParts) {
  return {
    purge(id: string, upTo: number, wireId: string | null) {
      const known = conversations.get(id)
      if (known) rowsPurged(known.log)
      conversations.delete(id)
      if (wireId === null) return void log.remove(id, upTo, null)
      const ended = { suffix: `~${upTo}`, continues: wireId, endedAt: platform.now() }
      const left: NewRow = { kind: 'ended', conversationId: id, tabId, ...ended }
      void log.remove(id, upTo, left).then(() => channel.post({ kind: 'rows', conversationId: id }))
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
        if (!conversation.log.loaded) continue
        // Another tab may have answered for what this one left: what it sends from now on is written down anew.
        tabIsDone(conversation.delivery, tabId)
        void refresh(conversation).then(() => changed.tell(conversation, 'page_restored', 0))
      }
    },
    clear() {
      conversations.clear()
      if (!others.toldOfRefusal()) channel.post({ kind: 'refused' })
      log.clear()
    },
    close() {
      life.end()
      channel.end()
      log.close()
    },
  }
}

interface OtherTabs {
  denied: Happening<[]>
  logout: Happening<[at: number]>
  /** The last that other tabs told was that the visitor has refused: they needn't be told again. */
  toldOfRefusal(): boolean
}

interface HearingParts {
  conversations: Map<string, StoredConversation>
  channel: TabChannel
  life: TabLife
  refresh: Reader['refresh']
  takeOver: (conversation: StoredConversation, goneId: string) => void
  changed: Happening<Change>
}

/** Does what other tabs' news, and their ends, ask for. */
function hearOtherTabs({ conversations, channel, life, refresh, takeOver, changed }: HearingParts): OtherTabs {
  const denied = createHappening()
  const logout = createHappening<[at: number]>()
  let wasToldOfRefusal = false

  const refreshAndSend = async (conversation: StoredConversation) => {
    await refresh(conversation)
    changed.tell(conversation, 'other_tab', backupMs)
  }

  channel.onNews((news) => {
    wasToldOfRefusal = news.kind === 'refused'
    if (wasToldOfRefusal) return denied.tell()
    if (news.kind === 'logout') return logout.tell(news.at)
    const conversation = news.kind === 'rows' ? conversations.get(news.conversationId) : undefined
    if (conversation?.log.loaded) void refreshAndSend(conversation)
  })
  life.onGone((goneId) => {
    // Its last rows come first: what it was receiving may have ended before it did.
    for (const conversation of conversations.values()) {
      void refresh(conversation).then(() => takeOver(conversation, goneId))
    }
  })
  return { denied, logout, toldOfRefusal: () => wasToldOfRefusal }
}
