import { join } from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { build, type Plugin } from 'vite'

/** A third party's widget, unmodified, and how a visitor uses it. */
export interface Widget {
  name: string
  /** Attributes of the tag, without `data-`: all that the site's owner gives. */
  tag: Record<string, string>
  /** Inside `<body>`. */
  body: string
  /** A file of `pages/` that is bundled into the page, where the widget has to be built into one. */
  entry?: string
  input(page: Page): Locator
  /** `null` where it has no such button. */
  stop: ((page: Page) => Locator) | null
  /** What the page shows before anything is said. */
  greetings: string[]
  /** What the widget shows when the connection breaks, where it shows that as a message. */
  failure?: string
  /** It shows Markdown as it is. */
  plain?: true
}

/** A page of `pages/`. */
const built = (entry: string, element = '<div id="root"></div>') => ({
  entry,
  body: `${element}<script type="module" src="/page.js"></script>`,
})

const module = (code: string) => `<script type="module">${code}</script>`

export const widgets: Widget[] = [
  {
    name: 'deep-chat',
    tag: { preset: 'deep-chat' },
    body: `<deep-chat id="chat" browserStorage="true" connect='{"url": "/deep-chat", "stream": true}'
      introMessage='{"text": "Hello from deep-chat."}' style="width: 400px; height: 500px"></deep-chat>
      ${module("import '/modules/deep-chat/dist/deepChat.bundle.js'")}`,
    input: (page) => page.locator('#text-input'),
    stop: (page) => page.locator('[role=button]:has(#stop-icon)'),
    greetings: ['Hello from deep-chat.'],
    failure: 'Error, please try again.',
  },
  {
    name: 'n8n-chat',
    tag: { preset: 'n8n-chat' },
    body: `<link rel="stylesheet" href="/modules/@n8n/chat/dist/style.css"><div id="n8n-chat"></div>
      ${module(`import { createChat } from '/modules/@n8n/chat/dist/chat.bundle.es.js'
        createChat({ webhookUrl: '/n8n', mode: 'fullscreen', enableStreaming: true })`)}`,
    input: (page) => page.locator('textarea'),
    stop: null,
    greetings: ['Hi there! 👋', 'My name is Nathan. How can I assist you today?'],
    failure: 'Error: Failed to receive response',
  },
  {
    name: 'flowise',
    tag: { preset: 'flowise' },
    body: `<flowise-fullchatbot></flowise-fullchatbot>
      ${module(`import Chatbot from '/modules/flowise-embed/dist/web.js'
        Chatbot.initFull({ chatflowid: 'flow', apiHost: location.origin })`)}`,
    input: (page) => page.locator('textarea'),
    stop: null,
    greetings: ['Hi there! How can I help?'],
  },
  {
    name: 'useChat',
    tag: { observe: '#chat', user: '.message.user', assistant: '.message.assistant' },
    ...built('use-chat.jsx'),
    input: (page) => page.getByLabel('Question'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    greetings: [],
  },
  {
    name: 'assistant-ui',
    tag: { observe: '.thread', user: '[data-role=user]', assistant: '[data-role=assistant]' },
    ...built('assistant-ui.jsx'),
    plain: true,
    input: (page) => page.getByPlaceholder('Write a message'),
    stop: (page) => page.getByLabel('Stop generating'),
    greetings: [],
  },
  {
    name: 'React ChatBotify',
    tag: { observe: '.rcb-chat-window', user: '.rcb-user-message', assistant: '.rcb-bot-message' },
    ...built('chatbotify.jsx'),
    plain: true,
    input: (page) => page.locator('textarea'),
    stop: null,
    greetings: ['Hello there!'],
  },
  {
    name: 'vue-advanced-chat',
    tag: {
      observe: 'vue-advanced-chat',
      user: '.vac-message-box.vac-offset-current',
      assistant: '.vac-message-box:not(.vac-offset-current)',
      content: '.vac-format-message-wrapper',
    },
    ...built('advanced-chat.js', '<vue-advanced-chat></vue-advanced-chat>'),
    input: (page) => page.locator('textarea'),
    stop: null,
    greetings: [],
  },
]

/** Two lines by which a page records itself: what it imports, and a call, which stands before `before`. */
export interface AdapterLines {
  imports: string
  call: string
  before: string
}

/** Adds the two lines to a page's code. */
const withLines = (entry: string, { imports, call, before }: AdapterLines): Plugin => ({
  name: 'two-lines',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith(`/pages/${entry}`) ? `${imports}\n${code.replace(before, `${call}\n${before}`)}` : null,
})

/**
 * A file of `pages/` with all that it imports.
 *
 * @param lines what records it by an adapter; without, it knows nothing of chatlog
 */
export async function bundlePage(entry: string, lines?: AdapterLines): Promise<string> {
  const root = join(import.meta.dirname, 'pages')
  const output = await build({
    root,
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    plugins: lines ? [withLines(entry, lines)] : [],
    resolve: { alias: { chatlog: join(import.meta.dirname, '../../../dist') }, dedupe: ['react'] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, lib: { entry, formats: ['es'], fileName: 'page' } },
  })
  const [result] = Array.isArray(output) ? output : [output]
  if (!result || !('output' in result)) throw new Error(`${entry} could not be bundled`)
  return result.output[0].code
}
