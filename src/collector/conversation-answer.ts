import type { ConversationAnswer, OpenaiFormatMessage, StoredConversation, StoredMessage } from '../contract/answer.ts'

/** The stored conversation as the contract answers it. */
export function conversationAnswer(conversation: StoredConversation): ConversationAnswer {
  const { type, messages } = conversation
  if (type !== 'openai') return { ...conversation, type }
  return { ...conversation, type, messagesOpenAIFormat: messages.map(openaiFormat) }
}

function openaiFormat({ role, content, name, tool_calls }: StoredMessage): OpenaiFormatMessage {
  return { role, content: content ?? '', ...(name != null && { name }), ...(tool_calls && { tool_calls }) }
}
