import type { Conversation } from '../conversation/conversation.ts'
import { lostSightOf, sentOnceMore, tabIsDone } from '../conversation/delivery.ts'
import { forgetContent } from '../conversation/discarding.ts'
import { discardedHeader } from '../conversation/merge.ts'
import type { ConversationHeader, LogRow, MessageRow, NewRow } from '../conversation/rows.ts'
import { isDiscarded, isShared, type MessageEntry, putHeader, wireIdOf } from '../conversation/transcript.ts'
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

/** Milliseconds from the end of an answer, or from the load of a page, until the script sends what there is to send. */
export const debounceMs = 1_000

/** A tab sends what it has recorded itself; after this many milliseconds this tab sends it in the other's place. */
const backupMs = 10_000

/** The conversations that this tab knows, and their rows on the visitor's machine. */
export interface ConversationStore {
  /** This document's id, a new one at each load. */
  tabId: string
  all(): Conversation[]
  get(id: string): Conversation | undefined
  /**
   * The conversation of that id.
   *
   * @param header the header it begins with; `null`: the store should hold one
   * @param stored the store may hold earlier rows: the script sends nothing before it has read them
   */
  open(id: string, header: ConversationHeader | null, stored: boolean): Conversation
  /** Puts a version of a message and saves it at once. */
  saveMessage(conversation: Conversation, row: MessageRow): MessageEntry
  /** Puts what was said on another device. It is stored, and sent, with the next message that is saved. */
  noteHistory(conversation: Conversation, row: MessageRow): MessageEntry
  /** Puts a header and saves it at once. */
  saveHeader(conversation: Conversation, header: ConversationHeader): void
  /**
   * Runs `callback` once the conversation's earlier rows are read: now, if they are. `urgent`: or when the page hides.
   */
  whenLoaded(conversation: Conversation, callback: () => void, urgent?: boolean): void
  /** The page hides and may never run again: runs now what `whenLoaded` was given as urgent. */
  runUrgent(): void
  /** Reads what other tabs have stored since. */
  refresh(conversation: Conversation): Promise<unknown>
  /** Called before this tab sends, arms or hands over: saves that it may have a request under way. */
  saveSending(conversation: Conversation): void
  /**
   * Called after an acknowledged send: saves what the server holds.
   *
   * @param startedAt when the send began (`elapsedMs`)
   * @param deliveredSeq what `logPosition.deliveredSeq` was when the send began
   */
  saveDelivered(conversation: Conversation, startedAt: number, deliveredSeq: number): Promise<void>
  /** This page will never hear the end of a request: the request may arrive late, so everything is sent once more. */
  loseSight(conversation: Conversation): void
  /** Tells the listeners of `onChanged` that a conversation has something to send. */
  announce(...change: Change): void
  /** Listens to other tabs from now on, so that a page on which nobody has chatted hears of a refusal too. */
  hear(): void
  /** Tells other tabs of a logout here. */
  tellLogout(at: number): void
  /** The last two rows of each stored conversation, newest first. */
  lastRows(): Promise<LogRow[][]>
  /**
   * Deletes the content of a conversation that is over and delivered, up to its newest row.
   *
   * @param wireId its id on the wire, which a later message in it `continues`; `null`: the store forgets that too
   */
  purge(id: string, upTo: number, wireId: string | null): void
  /** The visitor removes the conversation: the store deletes its content, and the next request tells the server. */
  discard(conversation: Conversation): void
  /** The page goes, perhaps into the back/forward cache: writes what isn't saved yet into the journal. */
  suspend(): void
  /**
   * The page came back out of the back/forward cache: listens again, and reads what other tabs have stored meanwhile.
   */
  resume(): void
  /** The visitor refuses: forgets and deletes everything, and tells the other tabs. */
  clear(): void
  /** `false` while the browser denies, fills, loses or doesn't answer for the store. */
  isDurable(): boolean
  close(): void
  /** A conversation has something to send. */
  onChanged: Happening<Change>['on']
  /** A stored conversation has lost its header: the listener saves another. */
  onHeaderMissing: Happening<[Conversation]>['on']
  /** The visitor has refused in another tab. */
  onDenied: Happening<[]>['on']
  /** Somebody logged out in another tab, at that time in milliseconds since 1970. */
  onLogout: Happening<[at: number]>['on']
  /** This page recorded so many messages into a conversation that the visitor had removed: they are deleted with it. */
  onSwept: Happening<[messages: number]>['on']
  /** A stored row makes no sense: the store leaves it where it is, and uses the others. */
  onCorrupt: Happening<[LogRow]>['on']
  /** The browser stores nothing for now. Told once a page. */
  onMemoryOnly: Happening<[cause: unknown]>['on']
}

/** Opens the local conversation store; the database itself is opened when first needed. */
export function openConversationStore(
  platform: Platform,
  storeName: string,
  isErased: () => boolean,
): ConversationStore {
  const tabId = platform.createId()
  const conversations = new Map<string, StoredConversation>()
  const changed = createHappening<Change>()
  const headerMissing = createHappening<[Conversation]>()
  const corrupt = createHappening<[LogRow]>()
  const swept = createHappening<[number]>()
  const waiting = createWaiting()
  const log = openDurableLog({
    ...{ platform, storeName, tabId, isErased },
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
      if (conversation.logPosition.loaded && !conversation.logPosition.purged) void restore(conversation)
    }
  })

  const readStored = async (conversation: StoredConversation) => {
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
    if (stored) void readStored(conversation)
    return conversation
  }

  return {
    tabId,
    all: () => [...conversations.values()].filter(({ logPosition }) => !logPosition.purged),
    get: (id) => conversations.get(id),
    open,
    ...{ saveMessage: writer.saveMessage, saveHeader: writer.saveHeader, saveSending: writer.saveSending },
    noteHistory: writer.noteHistory,
    ...createRequestMarks({ platform, tabId, log, refresh, writer }),
    ...createEnding({ platform, tabId, log, channel, life, conversations, others, changed, refresh }),
    discard: createDiscard({ platform, log, writer, waiting, changed }),
    whenLoaded(conversation, callback, urgent = false) {
      if (conversation.logPosition.loaded) callback()
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
    // The header says it within this call, so that what the page records later in the same task is dropped.
    const at = new Date(platform.now()).toISOString()
    putHeader(conversation, discardedHeader(conversation.header, at))
    const finish = () => {
      const isKnown =
        forgetContent(conversation).length ||
        conversation.messages.length ||
        conversation.continues ||
        isShared(conversation)
      if (!isKnown) return log.dropWaiting(conversation.id)
      writer.saveDiscarded(conversation)
      changed.tell(conversation, 'discarded', 0)
    }
    if (conversation.logPosition.loaded) finish()
    else waiting.add(conversation, finish, true)
  }
}

interface RequestMarksParts {
  platform: Platform
  tabId: string
  log: DurableLog
  refresh: Reader['refresh']
  writer: Writer
}

/** Saves what became of this tab's own requests. */
function createRequestMarks({ platform, tabId, log, refresh, writer }: RequestMarksParts) {
  return {
    async saveDelivered(conversation: StoredConversation, startedAt: number, deliveredSeq: number) {
      const { delivery, logPosition: position } = conversation
      if (startedAt >= delivery.unsettledUntil) sentOnceMore(delivery)
      if (!platform.locks) {
        await refresh(conversation)
        // No lock keeps tabs apart: another tab's request, sent at the same time, may have arrived first and held more.
        if (position.deliveredSeq > deliveredSeq) lostSightOf(delivery, platform.elapsedMs())
      }
      if (!log.isDurable() && !delivery.dirty.size && !delivery.unsettledUntil)
        return log.forgetUnsaved(conversation.id)
      if (delivery.dirty.size || position.saving || delivery.unsettledUntil || !log.isDurable()) return
      // A request that lingers may arrive after this page: the page stays on the list, so that a later page sends
      // again.
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
      if (known) rowsPurged(known.logPosition)
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
        if (!conversation.logPosition.loaded) continue
        // Another tab may have taken this one off the list and sent again: this tab must put itself on it before it
        // sends.
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
      life.releaseForGood()
      channel.closeForGood()
      log.close()
    },
  }
}

interface OtherTabs {
  denied: Happening<[]>
  logout: Happening<[at: number]>
  /** The newest news from another tab was a refusal: `clear` needn't tell the tabs what they have told. */
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

/** Acts on what other tabs tell, and on their ends. */
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
    if (conversation?.logPosition.loaded) void refreshAndSend(conversation)
  })
  life.onGone((goneId) => {
    // This tab reads the gone tab's last rows first: an answer that it was receiving may have ended before the tab did.
    for (const conversation of conversations.values()) {
      void refresh(conversation).then(() => takeOver(conversation, goneId))
    }
  })
  return { denied, logout, toldOfRefusal: () => wasToldOfRefusal }
}
