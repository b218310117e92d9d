// @ts-expect-error: served from the build; in a project with a bundler it is 'chatlog/adapters/deep-chat'
import { trackDeepChat } from '/adapters/deep-chat.js'

trackDeepChat(document.querySelector('deep-chat'), window.chatlog)
