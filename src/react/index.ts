'use client'

/**
 * chatlog for React.
 *
 * @module chatlog/react
 */
import { useEffect } from 'react'
import { type AnswerState, fromUIMessages, type UIMessageLike } from '../adapters/ai-sdk.ts'
import type { Chatlog } from '../script/chatlog.ts'

/** How the newest answer stands, and where to record it. */
export interface UseChatlogOptions extends AnswerState {
  /** What `init` returned. @defaultValue the page's own: `window.chatlog`, made by the tag */
  log?: Pick<Chatlog, 'trackMessages'>
  /** The widget's own id of the conversation. */
  conversationId?: string
}

/**
 * Records what `useChat` holds, on every change of it. Effects that run twice, as in StrictMode, record once.
 *
 * @example
 * ```ts
 * import { useChatlog } from 'chatlog/react'
 *
 * export function useRecorded(messages: Parameters<typeof useChatlog>[0], status: 'ready' | 'streaming') {
 *   useChatlog(messages, { status })
 * }
 * ```
 */
export function useChatlog(messages: readonly UIMessageLike[], options: UseChatlogOptions = {}): void {
  const { log, conversationId, status, isAbort, isDisconnect, isError } = options ?? {}
  useEffect(() => {
    const target = log ?? (globalThis as { chatlog?: Pick<Chatlog, 'trackMessages'> }).chatlog
    const state = { isAbort: isAbort === true, isDisconnect: isDisconnect === true, isError: isError === true }
    target?.trackMessages?.(
      fromUIMessages(messages, { ...state, ...(status && { status }) }),
      conversationId ? { conversationId } : {},
    )
  }, [messages, status, isAbort, isDisconnect, isError, log, conversationId])
}
