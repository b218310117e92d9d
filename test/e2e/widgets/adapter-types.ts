// Never run: compiles only while the adapters take what the real packages give.
import type { ThreadMessage } from '@assistant-ui/react'
import type { InkeepCallbackEvent } from '@inkeep/cxkit-types'
import type { UIMessage } from 'ai'
import type { DeepChat } from 'deep-chat'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { fromUIMessages } from '../../../src/adapters/ai-sdk.ts'
import { fromThreadMessages } from '../../../src/adapters/assistant-ui.ts'
import { trackDeepChat } from '../../../src/adapters/deep-chat.ts'
import { inkeepEvents } from '../../../src/adapters/inkeep.ts'
import { fromOpenAI } from '../../../src/adapters/openai.ts'
import type { Chatlog, MessageInput } from '../../../src/script/chatlog.ts'

declare const log: Chatlog

export const openAI = (messages: ChatCompletionMessageParam[]): MessageInput[] => fromOpenAI(messages)
export const aiSdk = (messages: UIMessage[]): MessageInput[] => fromUIMessages(messages, { status: 'ready' })
export const assistantUi = (messages: readonly ThreadMessage[]): MessageInput[] => fromThreadMessages(messages)
export const deepChat = (element: DeepChat): (() => void) => trackDeepChat(element, log)
export const inkeep: (event: InkeepCallbackEvent) => void = inkeepEvents(log)
