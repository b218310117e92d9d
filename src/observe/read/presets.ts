import type { ObserveSelectors } from './observe-selectors.ts'

/** Widgets that are known by name. */
export type PresetName = 'deep-chat' | 'n8n-chat' | 'flowise'

/** Selectors of well-known widgets, each tried against the version that `test/e2e/widgets` names. */
export const presets: Record<PresetName, ObserveSelectors> = {
  'deep-chat': {
    observe: 'deep-chat',
    user: '.user-message-text',
    assistant: '.ai-message-text, .error-message-text',
  },
  'n8n-chat': {
    observe: '.chat-messages-list',
    user: '.chat-message-from-user:not(.chat-message-typing)',
    assistant: '.chat-message-from-bot:not(.chat-message-typing)',
  },
  flowise: {
    observe: 'flowise-chatbot, flowise-fullchatbot',
    user: '.guest-container .chatbot-guest-bubble',
    assistant: '.host-container .chatbot-host-bubble',
  },
}
