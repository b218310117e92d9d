import { expect, type Page, type Request, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'
import { askDeepChat, deepChatInput } from './deep-chat.ts'

// One demo for all of them: the first start may have to build.
test.describe.configure({ mode: 'default', timeout: 90_000 })

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo?.close())

/** Pages with a widget of somebody else's, and what becomes of a Markdown link in the messages of each. */
const pages = [
  {
    name: 'deep-chat, by a tag alone',
    path: '/widgets/',
    cookie: 'deep_chat_visitor',
    input: deepChatInput,
    keepsHistory: true,
    storedLink: (label: string) => label,
  },
  {
    name: 'deep-chat, by its adapter',
    path: '/widgets/adapter.html',
    cookie: 'adapted_deep_chat_visitor',
    input: deepChatInput,
    keepsHistory: true,
    storedLink: (label: string, path: string) => `[${label}](${path})`,
  },
  {
    name: 'useChat, by the hook',
    path: '/widgets/use-chat/',
    cookie: 'use_chat_visitor',
    input: (page: Page) => page.getByLabel('Your question'),
    keepsHistory: false,
    storedLink: (label: string, path: string) => `[${label}](${path})`,
  },
]

for (const { name, path, cookie, input, keepsHistory, storedLink } of pages) {
  test(`${name}: question, whole answer and the click on its link are stored, and a reload doubles nothing`, async ({
    page,
    context,
  }) => {
    const ask = async (question: string) => {
      await input(page).fill(question)
      await input(page).press('Enter')
    }
    const storedOfVisitor = async () => {
      const visitorId = (await context.cookies()).find((one) => one.name === cookie)?.value
      return (await demo.stored()).filter(({ userProperties }) => visitorId && userProperties?.id === visitorId)
    }
    const first = [
      { role: 'user', content: 'What becomes of a failed job?' },
      {
        role: 'assistant',
        content: `A job that throws is put back and tried again, later each time. ${storedLink('Retries and backoff', '/site/retries.html')}`,
        properties: { chatlog: { status: 'complete' } },
      },
    ]
    const click = { url: `${demo.url}/site/retries.html`, label: 'Retries and backoff' }
    const clicked = [first[0], { ...first[1], properties: { chatlog: { linkClicks: [click] } } }]
    const second = [
      { role: 'user', content: 'How do I install it?' },
      {
        role: 'assistant',
        content: `One package holds the client and the worker, and it needs Node 20 and PostgreSQL 14 or later. ${storedLink('Quickstart', '/site/')}`,
      },
    ]
    await page.goto(demo.url + path)

    await ask('What becomes of a failed job?')
    await expect
      .poll(storedOfVisitor)
      .toMatchObject([{ userProperties: { identificationType: 'COOKIED' }, messages: first }])
    await page.getByRole('link', { name: 'Retries and backoff' }).click()
    await expect.poll(storedOfVisitor).toMatchObject([{ messages: clicked }])
    await page.reload()
    await expect(page.getByText('What becomes of a failed job?')).toHaveCount(keepsHistory ? 1 : 0)
    await ask('How do I install it?')

    await expect.poll(storedOfVisitor).toMatchObject([{ messages: [...clicked, ...second] }])
  })
}

test('deep-chat asks no third party for anything', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).origin))

  for (const path of ['/widgets/', '/widgets/adapter.html']) {
    await page.goto(demo.url + path)
    await askDeepChat(page, 'How do I install it?')
    await expect(page.getByRole('link', { name: 'Quickstart' })).toBeVisible()
  }

  expect(asked.filter((origin) => origin !== demo.url && origin !== demo.collectorUrl)).toEqual([])
})

test('Inkeep’s widget, with no script of ours in its page: what is said is stored, and no third party is asked', async ({
  page,
}) => {
  const asked: Request[] = []
  page.on('request', (request) => asked.push(request))
  const stored = async () =>
    (await demo.stored())
      .map(({ messages }) => messages.map(({ role, content }) => `${role}: ${content}`))
      .filter(([first]) => first === 'user: What becomes of a job that fails?')
  await page.goto(`${demo.url}/widgets/inkeep.html`)

  await page.getByRole('textbox').first().fill('What becomes of a job that fails?')
  await page.getByRole('textbox').first().press('Enter')

  await expect
    .poll(stored)
    .toEqual([
      [
        'user: What becomes of a job that fails?',
        'assistant: A job that throws is put back and tried again, later each time. [Retries and backoff](/site/retries.html)',
      ],
    ])
  const elsewhere = asked.filter((request) => ![demo.url, demo.collectorUrl].includes(new URL(request.url()).origin))
  // Its font is refused by the page's policy, before anybody is asked.
  await expect.poll(() => elsewhere.map((request) => request.failure()?.errorText)).toEqual(elsewhere.map(() => 'csp'))
})
