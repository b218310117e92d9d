import type { ObserveSelectors } from './observe-selectors.ts'

/** Widgets that are known by name. */
export type PresetName =
  | 'deep-chat'
  | 'n8n-chat'
  | 'flowise'
  | 'chatscope'
  | 'ant-design-x'
  | 'nlux'
  | 'web-chat'
  | 'doc-search'
  | 'botpress'
  | 'patternfly'
  | 'typebot'
  | 'inkeep'
  | 'copilotkit'
  | 'assistant-ui'
  | 'stream'

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
  // @docsearch/js 5.2.0, its Ask AI
  'doc-search': {
    observe: '.DocSearch-AskAiScreen',
    user: '.DocSearch-AskAiScreen-Message--user',
    assistant: '.DocSearch-AskAiScreen-Message--assistant',
    ignore: '.DocSearch-AskAiScreen-MessageContent-Stopped',
    stop: '.DocSearch-StopStreaming',
    feedbackPositive: '.DocSearch-AskAiScreen-LikeButton',
    feedbackNegative: '.DocSearch-AskAiScreen-DislikeButton',
  },
  // @botpress/webchat 4.5.2
  botpress: {
    observe: '.bpMessageListContainer',
    user: '.bpMessageContainer[data-direction="outgoing"]',
    assistant: '.bpMessageContainer[data-direction="incoming"]',
  },
  // @patternfly/chatbot 6.5.0
  patternfly: {
    observe: '.pf-chatbot__messagebox',
    user: '.pf-chatbot__message--user',
    assistant: '.pf-chatbot__message--bot',
    ignore: '.pf-chatbot__message-meta, .pf-chatbot__source',
    error: '.pf-m-danger',
  },
  // @typebot.io/js 0.10.7
  typebot: {
    observe: 'typebot-standard, typebot-popup, typebot-bubble',
    user: '.typebot-guest-bubble',
    assistant: '.typebot-host-bubble',
  },
  // @inkeep/cxkit-js 0.5.64
  inkeep: {
    observe: '.ikp-ai-chat-messages',
    user: '.ikp-ai-chat-message-wrapper[data-role="user"]',
    assistant: '.ikp-ai-chat-message-wrapper[data-role="assistant"]',
    content: '.ikp-ai-chat-message',
    stop: '.ikp-ai-chat__chat-action[data-type="stop"]',
  },
  // @copilotkit/react-ui 1.74.0
  copilotkit: {
    observe: '.copilotKitMessages',
    user: '.copilotKitUserMessage',
    assistant: '.copilotKitAssistantMessage',
    stop: '[data-copilotkit-in-progress="true"]',
  },
  // @assistant-ui/react 0.15.22, with the names that its own thread gives to its parts
  'assistant-ui': {
    observe: '.aui-thread-root',
    user: '[data-slot="aui_user-message-root"], .aui-user-message-root',
    assistant: '[data-slot="aui_assistant-message-root"], .aui-assistant-message-root',
    error: '.aui-message-error-root',
    stop: '.aui-composer-cancel',
  },
  // stream-chat-react 14.12.0
  stream: {
    observe: '.str-chat__message-list',
    user: '.str-chat__message--me',
    assistant: '.str-chat__message--other',
    content: '[data-testid="message-text-inner-wrapper"]',
  },
}
