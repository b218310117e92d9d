// @ts-expect-error: served from the build; in a project with a bundler it is 'chatlog/adapters/openai'
import { fromOpenAI } from '/adapters/openai.js'
import { onChange, transcript } from './strangers-chat.js'

onChange(() => window.chatlog.trackMessages?.(fromOpenAI(transcript)))
