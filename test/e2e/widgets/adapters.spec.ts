import { scriptTag } from '../chat-page.ts'
import { expect, started, test } from '../fixtures.ts'
import { converse, piecesFor } from './conversation.ts'
import { startMockBackend } from './mock-backend.ts'
import { type AdapterLines, bundlePage, type Widget, widgets } from './pages.ts'

const widgetNamed = (name: string) => widgets.find((widget) => widget.name === name) as Widget

const openAIPage: Widget = {
  name: 'OpenAI messages',
  tag: {},
  entry: 'openai.js',
  body: `<ol></ol><form><input aria-label="Question"></form><button>Stop</button>
    <script type="module" src="/page.js"></script>`,
  input: (page) => page.getByLabel('Question'),
  stop: (page) => page.getByRole('button', { name: 'Stop' }),
  greetings: [],
}

/** Pages of the widgets' tests, and the two lines that record each from its own data. */
const adapted: [Widget, AdapterLines][] = [
  [
    openAIPage,
    {
      imports: `import { fromOpenAI } from 'chatlog/adapters/openai'`,
      call: 'chatlog.trackMessages(fromOpenAI(messages))',
      before: 'list.replaceChildren(',
    },
  ],
  [
    widgetNamed('useChat'),
    {
      imports: `import { useChatlog } from 'chatlog/react'`,
      call: 'useChatlog(messages, { status })',
      before: 'useEffect(',
    },
  ],
  [
    widgetNamed('assistant-ui'),
    {
      imports: `import { useEffect } from 'react'; import { fromThreadMessages } from 'chatlog/adapters/assistant-ui'`,
      call: `useEffect(() => runtime.thread.subscribe(() => chatlog.trackMessages(fromThreadMessages(runtime.thread.getState().messages))), [])`,
      before: 'return (\n    <AssistantRuntimeProvider',
    },
  ],
  [
    widgetNamed('deep-chat'),
    {
      imports: `import { trackDeepChat } from '/dist/adapters/deep-chat.js'`,
      call: `trackDeepChat(document.querySelector('deep-chat'), chatlog)`,
      before: '',
    },
  ],
]

for (const [widget, lines] of adapted) {
  test(`two lines record ${widget.name} by its adapter: ten turns, one stopped, one cut off, a reload in the middle`, async ({
    page,
    collector,
  }) => {
    const backend = await startMockBackend(piecesFor(widget), 20)
    const { entry, body } = widget
    if (entry) backend.put('/page.js', await bundlePage(entry, lines), 'text/javascript')
    const twoLines = entry ? '' : `<script type="module">${lines.imports}\n${lines.call}</script>`
    // Not `async`: the lines take the instance as it is there when they run.
    const tag = scriptTag({ 'api-key': collector.webKey, endpoint: collector.endpoint }).replace(' async', '')
    await page.goto(backend.put('/', `<!doctype html><html><head>${tag}</head><body>${body}${twoLines}</body></html>`))
    await started(page)

    await converse(page, widget, backend)
    const transcripts = async () =>
      (await collector.stored()).map(({ messages }) =>
        messages
          .map(({ role, content }) => `${role}: ${String(content).trim()}`)
          .filter((line) => !widget.greetings.some((greeting) => line.endsWith(greeting))),
      )

    const said = backend.turns.flatMap(({ question, answer }) => [`user: ${question}`, `assistant: ${answer.trim()}`])
    await expect.poll(transcripts).toEqual([said])
    expect(JSON.stringify(await collector.stored())).not.toContain('"replaces"')
    await backend.close()
  })
}
