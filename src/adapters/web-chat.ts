/**
 * Activities of the Bot Framework, as Web Chat and Direct Line have them -> chatlog.
 *
 * @module chatlog/adapters/web-chat
 */
import type { Chatlog, MessageInput } from '../script/chatlog.ts'
import { withPlaces } from '../script/lists.ts'
import { fieldsOf, objectsOf, readable, textGiven } from './given.ts'
import { createPieces, type Pieces } from './pieces.ts'

/** An activity, as far as it is read. */
export interface WebChatActivity {
  type?: string
  id?: string
  from?: { id?: string; name?: string; role?: string }
  text?: string
}

type Fields = Record<string, unknown>

/**
 * The transcript for `trackMessages`, of all activities so far in their order. An answer that comes in pieces is one
 * message, under the id of its stream.
 *
 * @see docs/adapters.md for each activity
 */
export function fromActivities(activities: readonly WebChatActivity[]): MessageInput[] {
  const messages = new Map<string, MessageInput>()
  for (const [place, activity] of withPlaces(objectsOf(activities, 'activities'))) {
    for (const input of readable(() => toInputs(activity as Fields, place))) messages.set(input.id as string, input)
  }
  return [...messages.values()]
}

/** An action of Web Chat's store. */
interface Action {
  type?: unknown
  payload?: unknown
}

/**
 * A middleware for Web Chat's `createStore`: it records what comes and what is sent, and thumbs as feedback.
 *
 * @example
 * ```ts
 * import { init } from 'chatlog'
 * import { webChatMiddleware } from 'chatlog/adapters/web-chat'
 *
 * const log = init({ apiKey: 'WEB_KEY' })
 * const middleware = webChatMiddleware(log) // createStore({}, middleware)
 * ```
 */
export function webChatMiddleware(
  log: Pick<Chatlog, 'trackMessages' | 'trackFeedback'>,
): () => (next: (action: never) => unknown) => (action: unknown) => unknown {
  const activities: WebChatActivity[] = []
  const takeActivity = (given: unknown) => {
    const [activity] = objectsOf([given as WebChatActivity], 'activity')
    if (!activity) return
    activities.push(activity)
    const messages = fromActivities(activities)
    if (messages.length) log.trackMessages(messages)
    for (const feedback of readable(() => feedbackIn(activity as Fields))) log.trackFeedback(feedback)
  }
  return () => (next) => (action) => {
    const { type, payload } = fieldsOf(action) as Action
    if (type === 'DIRECT_LINE/INCOMING_ACTIVITY' || type === 'DIRECT_LINE/POST_ACTIVITY_FULFILLED') {
      takeActivity(fieldsOf(payload).activity)
    }
    return next(action as never)
  }
}

function toInputs(activity: Fields, place: number): MessageInput[] {
  const { type, id, from, text, timestamp } = activity
  const { role, name } = fieldsOf(from)
  const stream = streamOf(activity)
  const isSaid = type === 'message' || (stream?.type === 'streaming' && textGiven(text))
  if (!isSaid) return []
  const pieces = createPieces()
  pieces.text(text)
  for (const attachment of objectsOf(activity.attachments as Fields[] | undefined, 'attachments')) {
    takeAttachment(attachment, pieces)
  }
  takeCitations(activity, pieces)
  // A value that a button sends without words, as a form does.
  if (pieces.isEmpty()) return []
  return [
    {
      id: stream?.id ?? textGiven(id) ?? `activity-${place}`,
      role: role === 'user' ? 'user' : 'assistant',
      content: pieces.content(),
      ...(textGiven(name) && { name: name as string }),
      ...(textGiven(timestamp) && { createdAt: timestamp as string }),
      ...(type !== 'message' && { status: 'streaming' as const }),
      ...pieces.rest(),
    },
  ]
}

/** What an activity says of the stream that it is a piece of: the first piece gives the stream its id. */
function streamOf({ id, entities, channelData }: Fields): { id: string; type: unknown } | undefined {
  const info = objectsOf(entities as Fields[] | undefined, 'entities').find(({ type }) => type === 'streaminfo')
  const { streamId, streamType } = info ?? fieldsOf(channelData)
  if (!streamType) return
  const known = textGiven(streamId) ?? textGiven(id)
  return known === undefined ? undefined : { id: known, type: streamType }
}

function takeAttachment({ contentType, contentUrl, content, name }: Fields, pieces: Pieces): void {
  const type = `${contentType ?? ''}`
  const card = fieldsOf(content)
  if (/^image\//.test(type) && textGiven(contentUrl)) pieces.image(contentUrl)
  else if (/card\.adaptive$/.test(type)) takeAdaptive(card, pieces)
  else if (/^application\/vnd\.microsoft\.(card|keyboard)/.test(type)) takeCard(card, pieces)
  else if (/^text\//.test(type) && textGiven(content)) pieces.text(content)
  else pieces.placeholder(/^(audio|video)\//.exec(type)?.[1] ?? 'file', name, type)
}

/** Hero, thumbnail, sign-in, receipt and media cards. */
function takeCard({ title, subtitle, text, images, image, media, buttons, total }: Fields, pieces: Pieces): void {
  for (const words of [title, subtitle, text]) pieces.text(words)
  for (const picture of objectsOf(images as Fields[] | undefined, 'images')) pieces.image(picture.url)
  pieces.image(fieldsOf(image).url)
  for (const one of objectsOf(media as Fields[] | undefined, 'media')) pieces.placeholder('media', one.url)
  if (textGiven(total)) pieces.text(total)
  takeActions(buttons, pieces)
}

/** What an adaptive card says, in its order; what stands in containers and columns included. */
function takeAdaptive(element: Fields, pieces: Pieces): void {
  const { type, text, url, altText, inlines, title, label, placeholder, facts, actions } = element
  if (/^Input\./.test(`${type}`)) pieces.placeholder('input', label ?? title ?? placeholder)
  else if (type === 'Image') pieces.image(url, altText)
  else pieces.text(text)
  for (const inline of objectsOf(inlines as Fields[] | undefined, 'inlines')) pieces.text(inline.text)
  for (const fact of objectsOf(facts as Fields[] | undefined, 'facts'))
    pieces.text(`${fact.title ?? ''} ${fact.value ?? ''}`)
  for (const list of [element.body, element.items, element.columns, element.images]) {
    for (const inner of objectsOf(list as Fields[] | undefined, 'body')) takeAdaptive(inner, pieces)
  }
  takeActions(actions, pieces)
}

/** A button that opens an address is a link; any other stands there by its words. */
function takeActions(given: unknown, pieces: Pieces): void {
  for (const { type, title, url, value } of objectsOf(given as Fields[] | undefined, 'buttons')) {
    if (/openurl/i.test(`${type}`)) pieces.link(url ?? value, title)
    else pieces.placeholder('button', title)
  }
}

function takeCitations({ entities }: Fields, pieces: Pieces): void {
  for (const { citation } of objectsOf(entities as Fields[] | undefined, 'entities')) {
    for (const { appearance } of objectsOf(citation as Fields[] | undefined, 'citation')) {
      const { url, name } = fieldsOf(appearance)
      pieces.link(url, name)
    }
  }
}

/** A reaction to a message, or the thumb below it. */
function feedbackIn({
  type,
  name,
  replyToId,
  reactionsAdded,
  value,
}: Fields): Parameters<Chatlog['trackFeedback']>[0][] {
  const messageId = textGiven(replyToId)
  const { actionName, actionValue } = fieldsOf(value)
  const added = objectsOf(reactionsAdded as Fields[] | undefined, 'reactionsAdded').map((reaction) => reaction.type)
  const isThumb = type === 'invoke' && name === 'message/submitAction' && actionName === 'feedback'
  const said = isThumb ? fieldsOf(actionValue).reaction : type === 'messageReaction' ? added[0] : undefined
  const kind = said === 'like' ? 'positive' : said === 'dislike' ? 'negative' : null
  return messageId && kind ? [{ messageId, type: kind }] : []
}
