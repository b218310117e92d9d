import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { build } from 'vite'
import { expect, started, test } from '../fixtures.ts'
import { observeTag } from '../observed-page.ts'

/** A widget as npm has it, built into a page that knows nothing of chatlog, and recorded by a tag alone. */
interface RealWidget {
  name: string
  /** The selectors on the tag. @defaultValue the preset of that name */
  tag?: { observe: string; user: string; assistant: string; content?: string; error?: string }
  entry: string
  /** A file of the package that the page loads as it is, and the widget is a global then. */
  script?: string
  /** The same, where the page loads it itself. */
  module?: string
  /** What the visitor does first, on each new page. */
  open?(page: Page): Promise<void>
  input(page: Page): Locator
  stop?(page: Page): Locator
  retry?(page: Page): Locator
  /** Puts another text into the first question, where visitors can. */
  edit?(page: Page, text: string): Promise<void>
  /** Whether an edited question is answered anew. @defaultValue true */
  answersEdits?: boolean
  /** What it shows of the answer that is stopped. @defaultValue all that has come */
  stopped?: string
  /** What is stored of an answer that failed; `null`: the widget takes the question back. */
  failed: { shows?: string; said: string[]; statuses: string[] } | null
  /** What it says before anybody has asked. */
  greeting?: string
  /** What brings the history back after a reload; `null`: nothing does. @defaultValue the page itself */
  resume?: ((page: Page) => Promise<void>) | null
  names?: [user: string, bot: string]
}

const failsBehind = { said: ['Half of it', 'The connection was lost.'], statuses: ['error', 'error'] }

const widgets: RealWidget[] = [
  {
    name: 'chatscope',
    entry: 'chatscope.jsx',
    input: (page) => page.locator('[contenteditable]'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    retry: (page) => page.getByRole('button', { name: 'Retry' }),
    failed: failsBehind,
    names: ['Jane', 'Osier'],
  },
  {
    name: 'ant-design-x',
    entry: 'ant-design-x.jsx',
    input: (page) => page.getByPlaceholder('Question'),
    stop: (page) => page.locator('.ant-sender button'),
    retry: (page) => page.getByRole('button', { name: 'Retry' }).last(),
    failed: { said: ['The connection was lost.'], statuses: ['error'] },
  },
  { name: 'nlux', entry: 'nlux.js', input: (page) => page.locator('textarea'), failed: null },
  {
    name: 'web-chat',
    entry: 'web-chat.js',
    script: 'botframework-webchat/dist/webchat.js',
    input: (page) =>
      page.getByTestId('send box text area').or(page.locator('.webchat__send-box-text-box__input')).first(),
    failed: { said: ['Half of it'], statuses: ['complete'] },
  },
  {
    name: 'doc-search',
    entry: 'doc-search.js',
    open: (page) => page.getByRole('button', { name: /Search/ }).click(),
    input: (page) => page.locator('.DocSearch-Input'),
    stop: (page) => page.locator('.DocSearch-StopStreaming'),
    failed: { said: ['Half of it'], statuses: ['error'] },
    resume: (page) => page.locator('.DocSearch-Hit', { hasText: 'How one?' }).click(),
  },
  {
    name: 'botpress',
    entry: 'botpress.jsx',
    input: (page) => page.getByPlaceholder('Question'),
    failed: { said: ['The connection was lost.'], statuses: ['complete'] },
  },
  {
    name: 'patternfly',
    entry: 'patternfly.jsx',
    input: (page) => page.getByLabel('Send a message...'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    retry: (page) => page.getByRole('button', { name: 'Regenerate' }).last(),
    failed: {
      shows: 'The connection was lost.',
      said: ['No answer\n\nThe connection was lost.'],
      statuses: ['error'],
    },
    names: ['Jane', 'Osier'],
  },
  {
    name: 'typebot',
    entry: 'typebot.js',
    input: (page) => page.getByPlaceholder('Question'),
    failed: { said: ['The connection was lost.'], statuses: ['complete'] },
    greeting: 'Hello, what would you like to know?',
    resume: null,
  },
  {
    name: 'inkeep',
    entry: 'inkeep.js',
    module: '@inkeep/cxkit-js/dist/embed.js',
    input: (page) => page.getByPlaceholder('How do I get started?'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    // It shows a word once the next one has come.
    stopped: 'About Please stop: it says so in the',
    failed: {
      shows: 'Hmm..',
      said: ['Hmm..\n\nIt seems I might be having some issues right now. Please clear the chat and try again.'],
      statuses: ['complete'],
    },
    greeting:
      "Hi!\n\nI'm an AI assistant trained on documentation, help articles, and other content.\n\nLet me know how I can help.",
    resume: null,
    names: ['You', 'AI assistant'],
  },
  {
    name: 'copilotkit',
    entry: 'copilotkit.jsx',
    input: (page) => page.getByPlaceholder('Question'),
    stop: (page) => page.getByTestId('copilot-send-button'),
    retry: (page) => page.getByRole('button', { name: 'Regenerate response' }).last(),
    // It shows no failure beside its messages.
    failed: { said: ['Half of it'], statuses: ['complete'] },
    greeting: 'Hello, what would you like to know?',
  },
  {
    name: 'assistant-ui',
    entry: 'assistant-ui.jsx',
    input: (page) => page.getByLabel('Message input'),
    stop: (page) => page.getByRole('button', { name: 'Stop generating' }),
    retry: (page) => page.getByRole('button', { name: 'Refresh' }).last(),
    async edit(page, text) {
      await page.getByText('How one?', { exact: true }).hover()
      await page.getByRole('button', { name: 'Edit' }).first().click()
      await page.getByLabel('Edited message').fill(text)
      await page.getByRole('button', { name: 'Update' }).click()
    },
    failed: { said: ['Half of it'], statuses: ['error'] },
  },
  {
    name: 'stream',
    entry: 'stream.jsx',
    input: (page) => page.getByTestId('message-input'),
    async edit(page, text) {
      await page.getByText('How one?', { exact: true }).hover()
      await page.getByTestId('message-actions-toggle-button').first().click()
      await page.getByRole('menuitem', { name: 'Edit Message' }).click()
      await page.getByTestId('message-input').last().fill(text)
      await page.keyboard.press('Enter')
    },
    answersEdits: false,
    failed: { said: ['The connection was lost.'], statuses: ['complete'] },
  },
  {
    name: 'ChatUI',
    tag: { observe: '.MessageList', user: '.Message.right', assistant: '.Message.left', error: '.SystemMessage' },
    entry: 'chat-ui.jsx',
    input: (page) => page.getByPlaceholder('Question'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    retry: (page) => page.getByRole('button', { name: 'Retry' }),
    failed: { shows: 'The connection was lost.', said: ['Half of it'], statuses: ['error'] },
    names: ['Jane', 'Osier'],
  },
  {
    name: 'react-chat-elements',
    tag: {
      observe: '.rce-mlist',
      user: '.rce-mbox-right',
      assistant: '.rce-mbox:not(.rce-mbox-right)',
      content: '.rce-mbox-text',
      error: '.rce-container-smsg',
    },
    entry: 'react-chat-elements.jsx',
    input: (page) => page.getByPlaceholder('Question'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    retry: (page) => page.getByRole('button', { name: 'Retry' }),
    failed: { shows: 'The connection was lost.', said: ['Half of it'], statuses: ['error'] },
  },
]

async function bundle(entry: string): Promise<string> {
  const output = await build({
    root: join(import.meta.dirname, 'pages'),
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    resolve: { dedupe: ['react', 'react-dom'] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['es'], fileName: 'page' },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })
  const [result] = Array.isArray(output) ? output : [output]
  if (!result || !('output' in result)) throw new Error(`${entry} could not be bundled`)
  return result.output[0].code
}

async function ask(page: Page, { input }: RealWidget, question: string) {
  await input(page).click()
  // One key after the other, as a visitor types: some widgets take no text that comes at once.
  await input(page).pressSequentially(question, { delay: 20 })
  await page.keyboard.press('Enter')
}

for (const widget of widgets) {
  const recorder = widget.tag ? `selectors record ${widget.name}` : `the preset ${widget.name} records the widget`
  test(`${recorder} as npm has it: questions, a retry, an edit, a stop, a failure, a reload`, async ({
    page,
    site,
    collector,
  }) => {
    const script = { 'content-type': 'text/javascript' }
    site.rawPage('/page.js', await bundle(widget.entry), script)
    const asItIs = widget.script ?? widget.module
    if (asItIs) {
      const file = join(import.meta.dirname, 'node_modules', asItIs)
      site.rawPage('/widget.js', await readFile(file, 'utf8'), script)
    }
    const address = site.rawPage(
      '/',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
      ${observeTag(collector, widget.tag ?? { preset: widget.name })}</head><body><div id="root" style="height: 500px"></div>
      ${widget.script ? '<script src="/widget.js"></script>' : ''}<script type="module" src="/page.js"></script></body></html>`,
    )
    await page.route(/algolia/, (route) => route.fulfill({ json: { results: [{ hits: [], nbHits: 0 }] } }))
    await page.goto(address)
    await started(page)
    await widget.open?.(page)
    const shown = (text: string) => expect(page.getByText(text, { exact: true }).last()).toBeVisible()
    const said: { said: string; status: string; replaces?: string }[] = []
    const exchange = (question: string, answer: string, status = 'complete') =>
      said.push({ said: `user: ${question}`, status: 'complete' }, { said: `assistant: ${answer}`, status })
    const stored = async () => {
      const [conversation] = await collector.stored()
      const messages = conversation?.messages ?? []
      return messages.map(({ role, content, properties }) => {
        const marks = (properties as { chatlog?: { status?: string; replaces?: string } }).chatlog ?? {}
        const replaced = messages.find(({ id }) => id === marks.replaces)
        return {
          said: `${role}: ${content}`,
          status: marks.status,
          ...(marks.replaces && { replaces: replaced?.content }),
        }
      })
    }

    if (widget.greeting) said.push({ said: `assistant: ${widget.greeting}`, status: 'complete' })
    await ask(page, widget, 'How one?')
    await shown('About How one: it says so in the guide.')
    exchange('How one?', 'About How one: it says so in the guide.')
    await expect.poll(stored).toEqual(said)
    if (widget.retry) {
      await widget.retry(page).click()
      await shown('Once more. About How one: it says so in the guide.')
      const answer = 'Once more. About How one: it says so in the guide.'
      said.push({
        said: `assistant: ${answer}`,
        status: 'complete',
        replaces: 'About How one: it says so in the guide.',
      })
      await expect.poll(stored).toEqual(said)
    }
    if (widget.edit) {
      await widget.edit(page, 'How else?')
      await shown('How else?')
      const edited = { said: 'user: How else?', status: 'complete', replaces: 'How one?' }
      if (widget.answersEdits ?? true) {
        await shown('About How else: it says so in the guide.')
        said.push(edited, { said: 'assistant: About How else: it says so in the guide.', status: 'complete' })
      } else said.splice(-1, 0, edited) // where the widget shows it: before the answer
      await expect.poll(stored).toEqual(said)
    }
    if (widget.stop) {
      await ask(page, widget, 'Please stop?')
      const stopped = widget.stopped ?? 'About Please stop: it says so in the guide.'
      await shown(stopped)
      await widget.stop(page).click()
      exchange('Please stop?', stopped, 'aborted')
      await expect.poll(stored).toEqual(said)
    }
    if (widget.failed) {
      await ask(page, widget, 'Will it fail?')
      await shown(widget.failed.shows ?? (widget.failed.said.at(-1) as string))
      said.push({ said: 'user: Will it fail?', status: 'complete' })
      for (const [index, text] of widget.failed.said.entries())
        said.push({ said: `assistant: ${text}`, status: widget.failed.statuses[index] as string })
      await expect.poll(stored).toEqual(said)
    }
    await page.reload()
    await started(page)
    await widget.open?.(page)
    await widget.resume?.(page)
    if (widget.resume !== null) await shown(widget.edit ? 'How else?' : 'How one?')
    await ask(page, widget, 'And two?')
    await shown('About And two: it says so in the guide.')
    exchange('And two?', 'About And two: it says so in the guide.')

    await expect.poll(stored).toEqual(said)
    expect(await collector.stored()).toHaveLength(1)
    if (widget.names) {
      const [conversation] = await collector.stored()
      expect(new Set(conversation?.messages?.map(({ name }) => name))).toEqual(new Set(widget.names))
    }
  })
}
