import { expect } from 'playwright/test'
import { accessibilityFaults } from './accessibility.ts'
import type { LiveViewServer } from './live-view-server.ts'
import { entries, open, test } from './live-view-test.ts'

/** A visitor before and after signing in to the site, and somebody else. */
async function sayAll(liveView: LiveViewServer) {
  const of = (id: string, identificationType: string) => ({ userProperties: { id, identificationType } })
  await liveView.say('c1', 'Asked before signing in', of('cookie-1', 'COOKIED'))
  await liveView.say('c2', 'Asked after signing in', {
    ...of('u7', 'ID_PROVIDED'),
    createdAt: '2026-03-02T12:00:00.000Z',
    properties: { chatlog: { visitorId: 'cookie-1' } },
  })
  await liveView.say('c3', 'Asked by somebody else', of('cookie-2', 'COOKIED'))
}

test('a visitor’s page shows every id and conversation, from the list and from a conversation', async ({
  page,
  liveView,
}) => {
  await sayAll(liveView)
  await open(page, liveView)
  await entries(page).filter({ hasText: 'before signing in' }).getByRole('link', { name: 'cookie-1' }).click()
  const visitor = page.getByRole('main', { name: 'One person' })

  await expect(visitor.getByRole('heading', { level: 2 })).toHaveText('Visitor cookie-1')
  await expect(visitor.locator('.ids li')).toHaveText([
    'cookie-1id of the cookie, in 2 conversations',
    'u7given by the site, in 1 conversation',
  ])
  await expect(visitor).toContainText('First seen')
  await expect(visitor.locator('.list li')).toHaveText([/after signing in/, /before signing in/])
  expect(await accessibilityFaults(page)).toEqual([])

  await visitor.getByRole('link', { name: /after signing in/ }).click()
  await expect(page.getByRole('article').getByRole('heading', { level: 2 })).toHaveText('Asked after signing in')
  await page.getByRole('article').getByRole('link', { name: 'u7' }).click()
  await expect(visitor.getByRole('heading', { level: 2 })).toHaveText('Visitor u7')
  await expect(visitor.locator('.list li')).toHaveText([/after signing in/, /before signing in/])
})

test('a conversation is deleted after a dry run that says what goes, and nothing before somebody says so', async ({
  page,
  liveView,
}) => {
  await sayAll(liveView)
  await open(page, liveView)
  await entries(page).filter({ hasText: 'somebody else' }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this conversation?' })

  await expect(dialog.getByRole('listitem')).toHaveText([
    '1 conversation',
    '2 messages',
    '1 click on a link',
    '0 pieces of feedback',
  ])
  expect(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
  expect(await liveView.storedIds()).toEqual(['c1', 'c2', 'c3'])

  await page.getByRole('button', { name: 'Delete…' }).click()
  await dialog.getByRole('button', { name: 'Erase for good' }).click()
  await expect(entries(page)).toHaveText([/after signing in/, /before signing in/])
  await expect(page.getByText('Choose a conversation')).toBeVisible()
  expect(await liveView.storedIds()).toEqual(['c1', 'c2'])
})

test('a visitor is forgotten on their page, with what goes and which ids stay said before', async ({
  page,
  liveView,
}) => {
  await sayAll(liveView)
  await open(page, liveView)
  await page.goto(`${liveView.url}/#who=cookie-1`)
  await page.getByRole('button', { name: 'Forget this visitor…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Forget the visitor cookie-1?' })

  await expect(dialog).toContainText('2 conversations')
  await expect(dialog).toContainText('4 messages')
  await expect(dialog).toContainText('u7')
  expect(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Erase for good' }).click()

  await expect(entries(page)).toHaveText([/somebody else/])
  expect(await liveView.storedIds()).toEqual(['c3'])
})
