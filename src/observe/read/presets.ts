import type { ObserveSelectors } from './observe-selectors.ts'

/** Widgets that are known by name. */
export type PresetName = 'deep-chat' | 'n8n-chat' | 'flowise' | 'chatscope' | 'ant-design-x' | 'nlux' | 'web-chat'

/** Selectors of well-known widgets. A test runs each widget as npm has it, in the version that the comment names. */
export const presets: Record<PresetName, ObserveSelectors> = {
  // deep-chat 2.4.2
  'deep-chat': {
    observe: 'deep-chat',
    user: '.user-message-text',
    assistant: '.ai-message-text, .error-message-text',
  },
  // @n8n/chat 1.37.0
  'n8n-chat': {
    observe: '.chat-messages-list',
    user: '.chat-message-from-user:not(.chat-message-typing)',
    assistant: '.chat-message-from-bot:not(.chat-message-typing)',
  },
  // flowise-embed 3.1.6
  flowise: {
    observe: 'flowise-chatbot, flowise-fullchatbot',
    user: '.guest-container .chatbot-guest-bubble',
    assistant: '.host-container .chatbot-host-bubble',
  },
  // @chatscope/chat-ui-kit-react 2.1.1
  chatscope: {
    observe: '.cs-message-list',
    user: '.cs-message--outgoing',
    assistant: '.cs-message--incoming',
    content: '.cs-message__content',
  },
  // @ant-design/x 2.9.0
  'ant-design-x': {
    observe: '.ant-bubble-list',
    user: '.ant-bubble-end',
    assistant: '.ant-bubble-start',
    content: '.ant-bubble-content',
    stop: '.ant-sender-actions-btn-loading-button',
  },
  // @nlux/core 2.17.1
  nlux: {
    observe: '.nlux-AiChat-root',
    user: '.nlux-comp-chatItem--sent',
    assistant: '.nlux-comp-chatItem--received',
    content: '.nlux-comp-message',
    error: '.nlux-comp-exceptionItem',
  },
  // botframework-webchat 4.18.1
  'web-chat': {
    observe: '.webchat__basic-transcript__transcript',
    user: '.webchat__stacked-layout--from-user .webchat__bubble',
    assistant: '.webchat__stacked-layout:not(.webchat__stacked-layout--from-user) .webchat__bubble',
  },
}
