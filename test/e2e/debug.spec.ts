import { expect, flush, say, test } from './fixtures.ts'

test('with debug on, the console follows a message from recording to delivery', async ({ page, site }) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await site.open(page, site.page('/', { tag: { debug: 'true' } }))
  const messageId = await say(page, 'Hi')
  await flush(page)

  const lines = said.filter((line) => line.startsWith('chatlog'))
  expect(lines.find((line) => /recorded/.test(line) && line.includes(messageId))).toBeDefined()
  expect(lines.find((line) => /delivered/.test(line))).toBeDefined()
})

test('without debug the console stays empty', async ({ page, site }) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await site.open(page)
  await say(page, 'Hi')
  await flush(page)

  expect(said).toEqual([])
})
