import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from 'playwright/test'
import ts from 'typescript'
import { build } from 'vite'
import packageJson from '../../package.json' with { type: 'json' }
import { resolveOptions } from '../../src/script/options.ts'
import { codesIn, tablesOf } from '../contract/markdown-tables.ts'
import { startDemo } from '../demo/start-demo.ts'
import { createSnippetProject } from '../docs/snippet-project.ts'
import { hostOf, preludeOf, type Snippet, snippetsIn } from '../docs/snippets.ts'
import { expect, type Site, started, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

// Every block of the documents that belongs into a browser, as it stands there but for keys and addresses, and each ends
// in a stored conversation.

const pages = snippetsIn('html')
const isWhole = ({ code }: Snippet) => code.startsWith('<!doctype html>')
const isModule = ({ code }: Snippet) => code.includes("from 'chatlog'")
const stub = pages[0]?.code ?? ''

/** A block that isn't a page takes the first one's elements for granted, as far as it doesn't bring its own. */
function elementsBefore(snippet: Snippet): string {
  if (isWhole(snippet) || snippet === pages[0]) return ''
  return snippet.code.includes('chatlog.js') ? stub.replace(/<script\s+async.*/s, '') : stub
}

/** The documents' keys and addresses, made ours. */
const filled = (code: string, { webKey, endpoint }: TestCollector): string =>
  code
    .replaceAll('WEB_KEY', webKey)
    .replaceAll('https://docs.example.com/chatlog.js', '/dist/chatlog.js')
    .replaceAll(/(https:\/\/collector\.example\.com|http:\/\/127\.0\.0\.1:8081)\/conversations/g, endpoint)

/** A tag without an endpoint sends to the hosted API: here the collector receives that, and nothing leaves the machine. */
const takePlaceOfHostedApi = (page: Page, { endpoint }: TestCollector) =>
  page.route(resolveOptions({ apiKey: 'web_key' }).endpoint, async (route) => {
    const response = await route.fetch({ url: endpoint })
    await route.fulfill({ response })
  })

/** Chats as a visitor, with the consent that the page asks for; where there is no chat, as its widget would. */
async function chat(page: Page): Promise<void> {
  const allow = page.getByRole('button', { name: 'Allow' })
  if (await allow.count()) await allow.click()
  const question = page.getByLabel('Your question')
  if (await question.count()) {
    await question.fill('How do I install it?')
    await page.keyboard.press('Enter')
  } else {
    await page.evaluate(() => {
      window.chatlog.trackMessage({ role: 'user', content: 'How do I install it?' })
      return window.chatlog.flush()
    })
  }
}

const questions = async (collector: TestCollector) =>
  (await collector.transcripts()).flat().filter((line) => line.startsWith('user: '))

for (const snippet of pages.filter((snippet) => !isModule(snippet))) {
  test(`${snippet.place}: what is said on that page is stored`, async ({ page, site, collector }) => {
    await takePlaceOfHostedApi(page, collector)
    await page.goto(site.rawPage('/snippet', filled(elementsBefore(snippet) + snippet.code, collector)))
    await started(page)

    await chat(page)

    await expect.poll(() => questions(collector)).toContain('user: How do I install it?')
  })
}

for (const snippet of pages.filter(isModule)) {
  test(`${snippet.place}: the widget stores its question, its answer and the clicked link`, async ({
    page,
    site,
    collector,
  }) => {
    await page.goto(await buildPage(filled(snippet.code, collector), site))

    await chat(page)
    await page.getByRole('link', { name: 'Install' }).click()

    await expect.poll(collector.transcripts).toEqual([['user: How do I install it?', 'assistant: Run `npm install`.']])
    const clicks = async () => (await collector.stored())[0]?.messages[1]?.properties?.chatlog
    await expect.poll(clicks).toMatchObject({ status: 'complete', linkClicks: [{ label: 'Install' }] })
  })
}

for (const { place, code } of snippetsIn('js')) {
  test(`${place}: runs beside the tag`, async ({ page, site, collector }) => {
    await site.open(page)

    const errors = await errorsOf(page, () => page.addScriptTag({ type: 'module', content: code }))
    await chat(page)

    await expect.poll(() => questions(collector)).toContain('user: How do I install it?')
    expect(errors).toEqual([])
  })
}

/** The package's own names, as a bundler would find them. */
const ownImports = Object.fromEntries(
  Object.entries(packageJson.exports).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [[`chatlog${name.slice(1)}`, target.import.default.slice(1)]],
  ),
)

/** A chat in which a question was answered, for blocks that observe one. */
const widget = `<div id="chat"><p class="msg user">How do I install it?</p><p class="msg bot">Run it.</p></div>`

for (const snippet of snippetsIn('ts').filter((snippet) => hostOf(snippet) === 'page')) {
  test(`${snippet.place}: runs in a page that imports chatlog`, async ({ page, site, collector }) => {
    const code = `${preludeOf(snippet)}${snippet.code}\nwindow.chatlog = log`
    const { outputText } = ts.transpileModule(filled(code, collector), {
      compilerOptions: { module: ts.ModuleKind.ESNext },
    })
    const imports = {
      ...ownImports,
      'js-cookie': '/node_modules/js-cookie/dist/js.cookie.mjs',
      nanoid: '/node_modules/nanoid/index.browser.js',
    }
    const html = `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify({ imports })}</script>${widget}<script type="module">${outputText}</script>`

    const errors = await errorsOf(page, () => page.goto(site.rawPage('/snippet', html)))
    await started(page)

    // What is observed in the page takes a moment to be read.
    await expect(async () => {
      const recorded = await page.evaluate(() => window.chatlog.getState().counts.recorded)
      await page.evaluate(() => window.chatlog.flush())
      expect(recorded).toBeGreaterThan(0)
      expect((await collector.transcripts()).flat()).toHaveLength(recorded)
    }).toPass({ timeout: 15_000 })
    expect(errors).toEqual([])
    // The block that takes addresses out before they are stored.
    expect((await collector.transcripts()).flat().join()).not.toContain('@')
  })
}

for (const { place, code } of snippetsIn('http')) {
  test(`${place}: the script loads and delivers under that policy`, async ({ page, site, collector }) => {
    const [, policy = ''] = /^Content-Security-Policy: (.*)$/m.exec(code) ?? []
    const ours = policy
      .replaceAll('https://docs.example.com', site.origin)
      .replaceAll('https://collector.example.com', new URL(collector.endpoint).origin)
    const [tag = ''] = /<script\s+async.*/s.exec(filled(stub, collector)) ?? []

    await page.goto(site.rawPage('/strict', `<!doctype html>${tag}`, { 'content-security-policy': ours }))
    await started(page)
    await chat(page)

    await expect.poll(() => questions(collector)).toEqual(['user: How do I install it?'])
  })
}

test('every data-* twin that the reference names is read from the tag', async ({ page, site }) => {
  const names = tablesOf('docs/reference.md').flatMap((rows) => rows.flatMap((row) => codesIn(row['on the tag'])))
  const address = site.rawPage('/twins', '<!doctype html><link rel="icon" href="data:,">')
  const optionOf = (name: string) => name.replace('data-', '').replace(/-./g, (letter) => letter.slice(1).toUpperCase())
  let lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))

  // A wrong value of each is refused by the option's name. Any text will do as these: they are known, or they would be named.
  for (const name of names) {
    lines = []
    await page.goto(address)
    await page.evaluate(loadTag, { 'data-api-key': 'web_key', [name]: 'a b' })
    const isAnyText = /^data-(store-name|user-id|cookie-domain)$/.test(name)
    if (isAnyText) expect(lines.join(), name).not.toContain('no option')
    else await expect.poll(() => lines.join(), name).toContain(`\`${optionOf(name)}\` must be`)
  }
  expect(names.length).toBeGreaterThan(1)
})

test('the Playwright tests of the documents pass against the demos', async () => {
  const specs = snippetsIn('ts').filter((snippet) => hostOf(snippet) === 'playwright')
  const project = await createSnippetProject(['playwright', 'playwright-core'])
  const demo = await startDemo()
  try {
    for (const [index, { code }] of specs.entries()) await project.write(`${index}.spec.ts`, code)
    const config = fileURLToPath(new URL('./playwright.config.ts', import.meta.url))
    await project.write(
      'playwright.config.ts',
      `import config from ${JSON.stringify(config)}\nexport default { use: config.use, outputDir: './results' }`,
    )
    const env = { ...process.env, SITE: demo.url, COLLECTOR: demo.collectorUrl, API_KEY: demo.apiKey }
    const playwright = join(project.folder, 'node_modules/playwright/cli.js')
    const ended = promisify(execFile)(process.execPath, [playwright, 'test'], { cwd: project.folder, env })

    const { stdout } = await ended.catch((failure: { stdout: string }) => failure)

    expect(stdout).toContain(`${specs.length} passed`)
  } finally {
    await demo.close()
    await project.remove()
  }
})

/** Errors that the page throws or says while this is done. */
async function errorsOf(page: Page, act: () => Promise<unknown>): Promise<string[]> {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await act()
  return errors
}

/** Builds a page with Vite in a project that has chatlog installed. @returns its address */
async function buildPage(html: string, site: Site): Promise<string> {
  const project = await createSnippetProject()
  try {
    await project.write('index.html', html)
    await build({ root: project.folder, configFile: false, logLevel: 'error' })
    const assets = join(project.folder, 'dist/assets')
    for (const name of await readdir(assets)) {
      site.rawPage(`/assets/${name}`, await readFile(join(assets, name), 'utf8'), { 'content-type': 'text/javascript' })
    }
    return site.rawPage('/widget', await readFile(join(project.folder, 'dist/index.html'), 'utf8'))
  } finally {
    await project.remove()
  }
}

/** In the page: loads the tag with these attributes, and waits until it has run. */
function loadTag(attributes: Record<string, string>): Promise<void> {
  const tag = document.createElement('script')
  for (const [name, value] of Object.entries(attributes)) tag.setAttribute(name, value)
  tag.src = '/dist/chatlog.js'
  return new Promise((resolve) => {
    tag.addEventListener('load', () => resolve())
    document.head.append(tag)
  })
}
