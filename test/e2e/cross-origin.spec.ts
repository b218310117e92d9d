import type { Page } from 'playwright/test'
import { expect, test } from './fixtures.ts'

const conversation = { id: 'c1', type: 'openai', messages: [{ id: 'm1', role: 'user', content: 'Hello' }] }

/** Posts from a page of the site as a script there would. @returns status and body, as far as the page may read them */
const post = (page: Page, url: string, key: string, body: unknown) =>
  page.evaluate(
    async ([url, key, body]) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
      })
      return { status: answer.status, body: await answer.json() }
    },
    [url, key, JSON.stringify(body)] as const,
  )

test('a page of any origin stores a conversation with a WEB key', async ({ page, site, collector }) => {
  await page.goto(site.rawPage('/plain', '<!doctype html>'))

  const { status } = await post(page, collector.endpoint, collector.webKey, conversation)

  expect(status).toBe(200)
  expect(await collector.transcripts()).toEqual([['user: Hello']])
})

test('a page can read why its conversation was refused', async ({ page, site, collector }) => {
  await page.goto(site.rawPage('/plain', '<!doctype html>'))

  const unknownKey = await post(page, collector.endpoint, 'web_none_none', conversation)
  const invalid = await post(page, collector.endpoint, collector.webKey, { ...conversation, messages: [] })

  expect([unknownKey.status, unknownKey.body.code]).toEqual([401, 'unauthorized'])
  expect([invalid.status, invalid.body.code]).toEqual([422, 'unprocessable_entity'])
  expect(invalid.body.detail).toContain('messages')
})

test('a key limited to an origin stores nothing from another', async ({ page, site, collector }) => {
  const key = await collector.addWebKey([site.origin])
  const { pathname } = new URL(site.rawPage('/plain', '<!doctype html>'))

  await page.goto(site.otherOrigin + pathname)
  const fromElsewhere = await post(page, collector.endpoint, key, conversation)
  await page.goto(site.origin + pathname)
  const fromHome = await post(page, collector.endpoint, key, conversation)

  expect([fromElsewhere.status, fromHome.status]).toEqual([403, 200])
})

test('a preflight is asked once for many requests', async ({ page, site, collector }) => {
  await page.goto(site.rawPage('/plain', '<!doctype html>'))

  for (let time = 0; time < 3; time++) await post(page, collector.endpoint, collector.webKey, conversation)

  expect(collector.requests.map(({ method }) => method)).toEqual(['OPTIONS', 'POST', 'POST', 'POST'])
})

test('a text/plain beacon with the key in its address needs no preflight', async ({ page, site, collector }) => {
  await page.goto(site.rawPage('/plain', '<!doctype html>'))
  const url = `${collector.endpoint}?key=${collector.webKey}`

  await page.evaluate(([url, body]) => navigator.sendBeacon(url, body), [url, JSON.stringify(conversation)] as const)

  await expect.poll(collector.transcripts).toEqual([['user: Hello']])
  expect(collector.requests.map(({ method }) => method)).toEqual(['POST'])
})

test('the proxy in front of the collector fails as it is told, and heals', async ({ page, site, collector }) => {
  await page.goto(site.rawPage('/plain', '<!doctype html>'))
  const status = () =>
    post(page, collector.endpoint, collector.webKey, conversation).then(
      (answer) => answer.status,
      () => 'network error',
    )

  collector.fail({ kind: 'answer', status: 503, body: '{}' }, 1)
  const unavailable = await status()
  collector.fail({ kind: 'reset' })
  const reset = await status()
  collector.heal()
  await collector.goAway()
  const away = await status()
  await collector.comeBack()

  expect([unavailable, reset, away, await status()]).toEqual([503, 'network error', 'network error', 200])
})
