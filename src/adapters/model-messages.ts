import type { MessageInput } from '../script/chatlog.ts'
import { lastOf } from '../script/lists.ts'
import { fieldsOf } from './given.ts'

export type Fields = Record<string, unknown>

/** What earlier items have left for later ones. */
export interface Folded {
  /** By a call's id: the newest message that made it, and the call's id in it. */
  callers: Map<string, { input: MessageInput; id: string }>
  /** Reasoning that stands before the answer that it led to. */
  reasoning: Fields[]
}

/** Whose a message is. A role that this version doesn't know stays as it was given. */
export type Party = MessageInput['role'] | 'tool' | 'reasoning' | (string & {})

const parties: Record<string, Party> = {
  system: 'system',
  developer: 'system',
  systemmessage: 'system',
  user: 'user',
  human: 'user',
  usermessage: 'user',
  humanmessage: 'user',
  humanmessagechunk: 'user',
  visitor: 'user',
  customer: 'user',
  guest: 'user',
  assistant: 'assistant',
  bot: 'assistant',
  ai: 'assistant',
  apimessage: 'assistant',
  aimessage: 'assistant',
  aimessagechunk: 'assistant',
  model: 'assistant',
  activity: 'assistant',
  tool: 'tool',
  function: 'tool',
  toolmessage: 'tool',
  functionmessage: 'tool',
  reasoning: 'reasoning',
}

/**
 * The message inside of what libraries put around it: a choice of Chat Completions, LangChain's serialised form
 * (`kwargs`, `data`), Flowise's `message`.
 */
export function unwrapped(item: object): Fields {
  const fields = item as Fields
  const { kwargs, data, message, finish_reason: reason } = fields
  if (Array.isArray(fields.id) && kwargs) return { ...fieldsOf(kwargs), type: lastOf(fields.id) }
  if (fieldsOf(data).content !== undefined && fields.type) return { ...fieldsOf(data), type: fields.type }
  if (typeof message === 'object' && message) return { ...(message as Fields), finish_reason: reason }
  if (typeof message === 'string' && fields.content === undefined) return { ...fields, content: message }
  return fields
}

/** The role of an item; where it has none, the one that its kind says. An item that is no message is the model's. */
export function partyOf({ role, type, _getType }: Fields): Party {
  const kind = `${type ?? ''}`
  if (typeof role !== 'string') {
    if (/_output$/.test(kind)) return 'tool'
    if (/_call$/.test(kind)) return 'assistant'
  }
  const given = typeof role === 'string' ? role : kind
  return Object.keys(parties).includes(given.toLowerCase())
    ? (parties[given.toLowerCase()] as Party)
    : given || `${_getType ?? ''}`
}

/** Whether the content is plain text or missing, so that nothing has to be put together. */
export const isFlat = ({ content }: Fields): boolean => !Array.isArray(content)

/** Whether a message may have this role. */
export const isKnown = (party: Party): boolean => Object.values(parties).includes(party)
