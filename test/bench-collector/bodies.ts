import { type MergeContext, mergeConversation } from '../../src/collector/conversations/merge-conversation.ts'
import { parseUpsert } from '../../src/collector/conversations/parse-upsert.ts'
import type { StoredConversation } from '../../src/contract/answer.ts'

/** Size of a body, and how its conversation is made up. */
export type BodySize = { name: string; messages: number; characters: number }

export const bodySizes: BodySize[] = [
  { name: '10 KB', messages: 10, characters: 880 },
  { name: '2 MB', messages: 200, characters: 9_800 },
]

const words = 'Open the settings, choose the project that you want to install it in, and run the command once more. '

/** A new conversation of this size, as a body. */
export function bodyOf({ messages, characters }: BodySize, id: string): string {
  const content = words.repeat(Math.ceil(characters / words.length)).slice(0, characters)
  const all = Array.from({ length: messages }, (_, index) => ({
    id: `${id}-${index}`,
    role: index % 2 ? 'assistant' : 'user',
    content,
    createdAt: '2026-11-22T12:00:00.000Z',
  }))
  return JSON.stringify({ id, type: 'openai', messages: all })
}

/** What the collector stores of a body, for the store alone to store. */
export function storedOf(body: string, id: string): StoredConversation {
  const now = new Date().toISOString()
  const context: MergeContext = { projectId: 'default', conversationId: id, keyId: 'k', now, createId: () => id }
  return mergeConversation(null, parseUpsert(body), context).conversation
}
