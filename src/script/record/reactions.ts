import { maxBodyBytes } from '../../contract/limits.ts'
import type { FeedbackInput, LinkClickInput } from '../chatlog.ts'
import { asText } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { withJson } from '../conversation/merge.ts'
import { fromRowJson, type MessageMarks, toIsoTime, toRowJson, withMarks } from '../conversation/message.ts'
import type { LinkClick } from '../conversation/rows.ts'
import { isDiscarded, type MessageEntry } from '../conversation/transcript.ts'
import { toJson } from '../json.ts'
import type { Ledger } from '../ledger.ts'
import { findLast } from '../lists.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import { type ConversationStore, debounceMs } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'
import { withoutValues } from '../who/new-header.ts'
import type { Finder } from './finder.ts'

/** Why something that comes to a removed conversation is dropped, for the site's developer. */
export const discardedDetail = '`discardConversation` ended its conversation: start another one'

/** Records what visitors do with messages: clicks on links, and feedback. */
export interface Reactions {
  /** @param click `href`: where the link led when it was clicked, if the page's address may have changed since */
  trackLinkClick(click: LinkClickInput & { href?: string | undefined }): void
  trackFeedback(feedback: FeedbackInput): void
}

interface ReactionsParts {
  options: ResolvedOptions
  platform: Platform
  store: ConversationStore
  current: CurrentConversation
  ledger: Ledger
  finder: Finder
}

export function createReactions(parts: ReactionsParts): Reactions {
  const { options, platform, store, current, ledger, finder } = parts
  const { mark, markConversation } = createMarking(parts)

  const addClick = (conversation: Conversation, entry: MessageEntry | undefined, click: LinkClick) => {
    if (isDiscarded(conversation)) return ledger.drop('discarded', null, discardedDetail)
    if (entry) mark(conversation, entry, ({ linkClicks = [] }) => ({ linkClicks: [...linkClicks, click] }))
    else markConversation(conversation, click)
    store.announce(conversation, 'link_click', debounceMs)
  }

  /** The conversation that is named, the tab's own, or the newest that this page has used; else a new one. */
  const conversationOf = (conversationId: string | undefined): Conversation =>
    conversationId
      ? current.byId(conversationId)
      : (current.get() ??
        findLast(
          store.all(),
          (one) => current.isOwn(one) && !isDiscarded(one) && !current.isOver(current.activeAt(one)),
        ) ??
        current.forRecording())

  return {
    trackLinkClick({ url, href: ledTo, label, title, messageId, conversationId }) {
      const { href, baseUrl } = platform.page()
      const target = new URL(ledTo ?? url, baseUrl)
      // A `javascript:` link is a button: it leads to no page.
      if (target.protocol === 'javascript:') return
      target.username = target.password = ''
      // A link within the page has the page's own address, whose query may name a person.
      const absolute = url.startsWith('#') ? withoutValues(href) + url : target.href
      const told: LinkClick = {
        url: absolute,
        label: asText(label ?? title) ?? null,
        clickedAt: toIsoTime(platform.now()) as string,
      }
      const click = options.beforeClick?.(told) ?? told
      const addByUrl = () => {
        const conversation = conversationOf(conversationId)
        const add = () => addClick(conversation, holderOf(conversation, [url, absolute, click.url]), click)
        store.whenLoaded(conversation, add, true)
      }
      // Without an id, the search in other conversations is left out: the click may leave the page before it ends.
      if (messageId) {
        finder.whenFound(messageId, conversationId, (found) => (found ? addClick(...found, click) : addByUrl()))
      } else addByUrl()
    },
    trackFeedback({ messageId, conversationId, type, reasons }) {
      if (type !== 'positive' && type !== 'negative' && type !== null) {
        throw new TypeError('feedback `type` must be positive, negative, or null to take it back')
      }
      const createdAt = toIsoTime(platform.now())
      finder.whenFound(messageId, conversationId, (found) => {
        if (!found)
          return ledger.drop(
            'invalid',
            asText(messageId) ?? null,
            'the feedback names no message that is recorded here',
          )
        mark(...found, () => ({ feedback: { type, reasons: type ? reasons : undefined, createdAt } }))
        store.announce(found[0], 'feedback', debounceMs)
      })
    },
  }
}

/** Saves new versions of messages and conversations with more marks on them. */
function createMarking({ platform, store, current, ledger }: ReactionsParts) {
  const { now } = platform
  return {
    mark(conversation: Conversation, entry: MessageEntry, marksAfter: (before: MessageMarks) => MessageMarks) {
      const message = fromRowJson(entry.row.json)
      if (!message) return
      const updatedAt = Math.max(now(), entry.row.updatedAt + 1)
      const marked = withMarks(message, marksAfter(message.properties?.chatlog ?? {}))
      const json = toRowJson({ ...marked, updatedAt: new Date(updatedAt).toISOString() })
      const row = withJson({ ...entry.row, updatedAt, tabId: store.tabId }, json)
      const growth = row.bytes - entry.row.bytes
      if ((conversation.partBytes[row.part] ?? 0) + growth > maxBodyBytes - 4_000) {
        return ledger.drop('too_large', row.id, 'its part of the conversation has no room for a link click or feedback')
      }
      store.saveMessage(conversation, row)
    },
    markConversation(conversation: Conversation, click: LinkClick) {
      const { header: known, logPosition } = conversation
      // The page goes before it has read the stored header. This one keeps the time 0, so that the stored one wins, and
      // gets the click when the two are merged.
      const header = known.updatedAt ? known : current.headerFor(conversation)
      const updatedAt = logPosition.loaded ? Math.max(now(), known.updatedAt + 1) : known.updatedAt
      const chatlog = { ...header.chatlog, linkClicks: [...(known.chatlog.linkClicks ?? []), click] }
      store.saveHeader(conversation, { ...header, chatlog, updatedAt })
    },
  }
}

/** The newest message whose links or text hold the URL. */
function holderOf(conversation: Conversation, urls: string[]): MessageEntry | undefined {
  // Rows hold the message as JSON, in which a URL may be escaped; its quotes are left off.
  const forms = urls.map((url) => (toJson(url) as string).slice(1, -1))
  return findLast(conversation.messages, ({ row }) => forms.some((form) => row.json.includes(form)))
}
