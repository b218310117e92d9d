import type { ConversationAnswer, OpenaiFormatMessage, StoredConversation, StoredMessage } from '../contract/answer.ts'
import { messageJson } from './message-json.ts'

/** The stored conversation as the contract answers it. */
export function conversationAnswer(conversation: StoredConversation): ConversationAnswer {
  const { type, messages } = conversation
  if (type !== 'openai') return { ...conversation, type }
  return { ...conversation, type, messagesOpenAIFormat: messages.map(openaiFormat) }
}

/** The same answer as JSON, from messages whose JSON has been written already to store them. */
export function conversationAnswerJson({ messages, ...fields }: StoredConversation): string {
  const whole = messages.map((message) => messageJson(message).whole)
  const start = `${JSON.stringify(fields).slice(0, -1)},"messages":[${whole.join()}]`
  if (fields.type !== 'openai') return `${start}}`
  return `${start},"messagesOpenAIFormat":[${messages.map(openaiFormatJson).join()}]}`
}

function openaiFormatJson(message: StoredMessage): string {
  const { content: _content, ...rest } = openaiFormat(message)
  const content = message.content === null ? '""' : messageJson(message).content
  return `${JSON.stringify(rest).slice(0, -1)},"content":${content}}`
}

function openaiFormat({ role, content, name, tool_calls }: StoredMessage): OpenaiFormatMessage {
  return { role, content: content ?? '', ...(name != null && { name }), ...(tool_calls && { tool_calls }) }
}
