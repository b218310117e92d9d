import { expect, type Page, test } from 'playwright/test'
import { openFurtherProjects } from '../../src/collector/store/key-projects.ts'
import { exampleConversation } from '../bench/example-conversations.js'
import { type LiveViewServer, startLiveView } from './live-view-server.ts'

/**
 * Takes a picture of every page of the live view in light and dark, 1440 and 390 pixels wide, for somebody to look at:
 * `CHATLOG_PICTURES=<folder> npm run docs:pictures`, after a build. Beside 200 conversations as a documentation site has
 * them, some with what breaks layouts: text from right to left, long code, wide tables, long names.
 */
const folder = process.env.CHATLOG_PICTURES ?? ''

const conversations = 200
const long = 'averyveryverylongwordthatnobreakfits'.repeat(6)

let admins: LiveViewServer
let newcomers: LiveViewServer

test.skip(folder === '')
test.describe.configure({ mode: 'default' })
test.beforeAll(async () => {
  test.setTimeout(300_000)
  newcomers = await startLiveView({ role: 'admin' })
  admins = await startLiveView({ role: 'admin' })
  for (let index = 0; index < conversations; index++) {
    await admins.send('/conversations', exampleConversation(index, conversations, Date.now(), 30))
  }
  for (const [id, messages] of Object.entries(hard)) await admins.send('/conversations', hardChat(id, messages))
  const reasons = [{ label: 'out of date', details: 'It names a version that nobody has installed for two years.' }]
  for (let index = 150; index < 160; index++) {
    await admins.send('/feedback', { type: 'negative', messageId: `example-${index}-a0`, reasons })
  }
  await admins.send('/feedback', { type: 'negative', messageId: 'long-a', reasons: [{ label: long, details: long }] })
  for (const searchQuery of ['proxy', 'كيف أثبت البرنامج؟', long]) {
    await admins.send('/events', { type: 'searched', entityType: 'search', searchQuery })
  }
  await fillAdministration()
})
test.afterAll(() => Promise.all([admins?.close(), newcomers?.close()]))

const table = `| Setting | Default | Meaning |\n| :-- | --: | -- |\n| \`${long}\` | 30 | ${'how long it waits '.repeat(8)} |\n| b | 2 | c |`
const code = `\`\`\`ts\nexport const client = createClient({ endpoint: 'https://docs.example.com/${long}', retries: 3 })\n${'await client.send({ retry: true })\n'.repeat(12)}\`\`\``

/** By the id of the conversation: what was asked, and answered. */
const hard: Record<string, [question: string, answer: string]> = {
  arabic: [
    'كيف أثبت البرنامج على خادم Debian 12 وراء وكيل؟',
    `## الخطوات\n\n1. نزّل الحزمة ثم شغّل \`npm install chatlog\`.\n2. افتح [صفحة التثبيت](https://docs.example.com/install).\n\n${code}\n\nهذا كل شيء: **انتهى**.`,
  ],
  hebrew: ['איך מתקינים את זה?', '> ציטוט\n\n- אחת\n- שתיים'],
  table: ['Which settings are there?', `These, among others:\n\n${table}\n\nand more below.\n\n### Next\n\nRead on.`],
  code: ['How do I send with retries?', `Like this:\n\n${code}`],
  long: [`Why does ${long} fail?`, `Because of ${long}.\n\n# One\n## Two\n### Three\n\n---\n\n1. a\n   - b\n     - c`],
}

function hardChat(id: string, [question, answer]: [string, string]) {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString()
  const link = {
    url: `https://docs.example.com/${id === 'long' ? long : 'install'}`,
    label: id === 'long' ? long : 'Install',
  }
  const status = id === 'code' ? 'error' : id === 'hebrew' ? 'aborted' : 'complete'
  const linkClicks = id === 'hebrew' ? [] : [{ ...link, clickedAt: at(-1_000) }]
  return {
    id,
    type: 'openai',
    createdAt: at(-9_000),
    tags: ['docs', id === 'long' ? long : id],
    userProperties: { id: id === 'long' ? long : `visitor-${id}`, identificationType: 'ID_PROVIDED' },
    properties: {
      chatlog: { visitorId: `cookie-${id}`, page: { url: link.url, title: id === 'arabic' ? 'التثبيت' : link.label } },
    },
    messages: [
      { id: `${id}-q`, role: 'user', name: id === 'long' ? long : 'Maren', content: question, createdAt: at(-9_000) },
      {
        ...{ id: `${id}-a`, role: 'assistant', content: answer, createdAt: at(-5_000) },
        links: [link, { url: '/relative', label: '' }],
        properties: { chatlog: { status, linkClicks } },
      },
    ],
  }
}

/** Keys of every state, refusals, and a second project. */
async function fillAdministration() {
  const { store, url, webKey } = admins
  const [reader] = (await store.listKeys('default')).filter(({ role }) => role === 'admin')
  if (reader) await openFurtherProjects(store, reader, ['shop & more', 'مشروع', long.slice(0, 80)])
  const key = { projectId: 'default', hash: '', createdAt: '2026-03-01T12:00:00.000Z', revokedAt: null }
  const origins = ['https://docs.example.com', `https://${long.slice(0, 60)}.example.com`]
  await store.addKey({ ...key, id: 'pictured0001', type: 'web', origins, name: 'مواقع الوثائق' })
  await store.addKey({ ...key, id: 'pictured0002', type: 'api', role: 'read', origins: [], name: long.slice(0, 200) })
  await store.addKey({ ...key, id: 'pictured0003', type: 'api', role: 'erase', origins: [], revokedAt: key.createdAt })
  await store.addKey({ ...key, id: 'pictured0004', type: 'api', origins: [], expiresAt: '2026-04-01T00:00:00.000Z' })
  const post = (path: string, headers: Record<string, string>, body = '{}') =>
    fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
  const authorization = `Bearer ${webKey}`
  await post('/conversations', { authorization, origin: 'https://docs.example.com' })
  await post('/conversations', { authorization }, '{"type":"openai","messages":[{"role":"tool"},{"role":"x"}]}')
  await post(`/conversations/${long}`, { authorization: 'Bearer web_abcdefABCDEF_x', origin: 'https://evil.example' })
  await post('/conversations', { origin: 'https://docs.example.com' })
}

/** The live view's pages, each with what has to be there before the picture is taken. */
const pages: [name: string, show: (page: Page) => Promise<void>][] = [
  ['sign-in', (page) => page.goto(admins.url).then(() => {})],
  [
    'sign-in-refused',
    async (page) => {
      await page.goto(admins.url)
      await page.getByText('Where do I get one?').click()
      await page.getByLabel('API key').fill(admins.webKey)
      await page.keyboard.press('Enter')
      await expect(page.getByRole('alert')).toBeVisible()
    },
  ],
  [
    'projects',
    async (page) => {
      await page.goto(admins.url)
      await page.getByLabel('API key').fill(admins.apiKey)
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { name: 'Choose a project' })).toBeVisible()
    },
  ],
  [
    'first-start',
    async (page) => {
      await page.goto(await newcomers.ticketUrl())
      await page.getByRole('button', { name: 'Make a WEB key' }).click()
      await expect(page.getByLabel('The WEB key')).toBeVisible()
    },
  ],
  ['list', (page) => signedIn(page, '', '#conversations li[data-id]')],
  [
    'filters',
    async (page) => {
      await signedIn(page, '#tag=docs&feedback=none&minMessages=2', '#conversations li[data-id]')
      await page.getByText('Filters', { exact: true }).click()
    },
  ],
  ['search', (page) => signedIn(page, '#text=proxy', '#conversations mark')],
  ['nothing-found', (page) => signedIn(page, '#text=nobodysaidthis', '#conversations .empty')],
  ...Object.keys(hard).map((id): [string, (page: Page) => Promise<void>] => [
    `conversation-${id}`,
    (page) => signedIn(page, `#id=${id}`, '.conversation .message'),
  ]),
  ['conversation-found', (page) => signedIn(page, '#text=proxy&id=example-198', '.conversation mark')],
  [
    'delete',
    async (page) => {
      await signedIn(page, '#id=code', '.conversation')
      await page.getByRole('button', { name: 'Delete…' }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
    },
  ],
  ['statistics', (page) => signedIn(page, '#view=statistics', '.statistics canvas')],
  [
    'statistics-end',
    async (page) => {
      await signedIn(page, '#view=statistics', '.statistics canvas')
      await page.locator('#statistics').evaluate((view) => view.scrollTo(0, view.scrollHeight))
    },
  ],
  ['visitor', (page) => signedIn(page, `#who=cookie-arabic`, '#visitor .list li')],
  ['visitor-long', (page) => signedIn(page, `#who=${long}`, '#visitor .list li')],
  ['refused', (page) => signedIn(page, '#view=refused', '#administration .entries')],
  ['keys', (page) => signedIn(page, '#view=keys', '#administration .entries')],
  ['audit', (page) => signedIn(page, '#view=audit', '#administration .entries')],
  ['docs', (page) => page.goto(`${admins.url}/docs`).then(() => {})],
]

async function signedIn(page: Page, fragment: string, awaited: string) {
  await page.goto(await admins.ticketUrl())
  await page.goto(`${admins.url}/${fragment}`)
  await expect(page.locator(awaited).first()).toBeVisible()
}

for (const [name, show] of pages) {
  test(name, async ({ browser }) => {
    for (const width of [1440, 390]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } })
      await show(page)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, animations: 'disabled' })
      }
      await page.close()
    }
  })
}
