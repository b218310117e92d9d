import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { build } from 'vite'
import { expect, started, test } from '../fixtures.ts'
import { observeTag } from '../observed-page.ts'

/** A widget as npm has it, built into a page that knows nothing of chatlog, and recorded by its preset. */
interface RealWidget {
  preset: string
  entry: string
  /** A file of the package that the page loads as it is, and the widget is a global then. */
  script?: string
  input(page: Page): Locator
  stop?(page: Page): Locator
  retry?(page: Page): Locator
  /** What is stored of an answer that failed; `null`: the widget takes the question back. */
  failed: { said: string[]; statuses: string[] } | null
  names?: [user: string, bot: string]
}

const failsBehind = { said: ['Half of it', 'The connection was lost.'], statuses: ['error', 'error'] }

const widgets: RealWidget[] = [
  {
    preset: 'chatscope',
    entry: 'chatscope.jsx',
    input: (page) => page.locator('[contenteditable]'),
    stop: (page) => page.getByRole('button', { name: 'Stop' }),
    retry: (page) => page.getByRole('button', { name: 'Retry' }),
    failed: failsBehind,
    names: ['Jane', 'Osier'],
  },
  {
    preset: 'ant-design-x',
    entry: 'ant-design-x.jsx',
    input: (page) => page.getByPlaceholder('Question'),
    stop: (page) => page.locator('.ant-sender button'),
    retry: (page) => page.getByRole('button', { name: 'Retry' }).last(),
    failed: { said: ['The connection was lost.'], statuses: ['error'] },
  },
  { preset: 'nlux', entry: 'nlux.js', input: (page) => page.locator('textarea'), failed: null },
  {
    preset: 'web-chat',
    entry: 'web-chat.js',
    script: 'botframework-webchat/dist/webchat.js',
    input: (page) =>
      page.getByTestId('send box text area').or(page.locator('.webchat__send-box-text-box__input')).first(),
    failed: { said: ['Half of it'], statuses: ['complete'] },
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
    build: { write: false, minify: false, lib: { entry, formats: ['es'], fileName: 'page' } },
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
  test(`the preset ${widget.preset} records the widget as npm has it: questions, a stop, a retry, a failure, a reload`, async ({
    page,
    site,
    collector,
  }) => {
    const script = { 'content-type': 'text/javascript' }
    site.rawPage('/page.js', await bundle(widget.entry), script)
    if (widget.script) {
      const file = join(import.meta.dirname, 'node_modules', widget.script)
      site.rawPage('/widget.js', await readFile(file, 'utf8'), script)
    }
    const address = site.rawPage(
      '/',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
      ${observeTag(collector, { preset: widget.preset })}</head><body><div id="root" style="height: 500px"></div>
      ${widget.script ? '<script src="/widget.js"></script>' : ''}<script type="module" src="/page.js"></script></body></html>`,
    )
    await page.goto(address)
    await started(page)
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
    if (widget.stop) {
      await ask(page, widget, 'Please stop?')
      await shown('About Please stop: it says so in the guide.')
      await widget.stop(page).click()
      exchange('Please stop?', 'About Please stop: it says so in the guide.', 'aborted')
      await expect.poll(stored).toEqual(said)
    }
    if (widget.failed) {
      await ask(page, widget, 'Will it fail?')
      await shown(widget.failed.said.at(-1) as string)
      said.push({ said: 'user: Will it fail?', status: 'complete' })
      for (const [index, text] of widget.failed.said.entries())
        said.push({ said: `assistant: ${text}`, status: widget.failed.statuses[index] as string })
      await expect.poll(stored).toEqual(said)
    }
    await page.reload()
    await started(page)
    await shown('How one?')
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
