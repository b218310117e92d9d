import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { build } from 'vite'

/** A third party's widget, unmodified, and how a visitor uses it. */
export interface Widget {
  name: string
  /** Attributes of the tag, without `data-`: all that the site's owner gives. */
  tag: Record<string, string>
  /** Inside `<body>`. */
  body: string
  input(page: Page): Locator
  /** `null` where it has no such button. */
  stop: ((page: Page) => Locator) | null
  /** What the page shows before anything is said. */
  greetings: string[]
  /** What the widget shows when the connection breaks, where it shows that as a message. */
  failure?: string
}

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
    body: `<div id="root"></div><script type="module" src="/use-chat.js"></script>`,
    input: (page) => page.getByLabel('Question'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    greetings: [],
  },
]

/** `npm run test:widgets` installs them: they are large, and nothing else needs them. */
export const areInstalled = (): boolean => existsSync(join(import.meta.dirname, 'node_modules/ai/package.json'))

/** The page with `useChat`, bundled. */
export async function bundleUseChatPage(): Promise<string> {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      lib: { entry: 'use-chat-page.jsx', formats: ['es'], fileName: 'use-chat' },
    },
  })
  const [result] = Array.isArray(built) ? built : [built]
  if (!result || !('output' in result)) throw new Error('the page with useChat could not be bundled')
  return result.output[0].code
}
