import { readFileSync } from 'node:fs'
import type { State } from '../../src/script/chatlog.ts'
import { expect, test } from './fixtures.ts'
import { mistakes } from './mistakes.ts'

const stub = readFileSync(new URL('../../src/stub/chatlog-stub.js', import.meta.url), 'utf8')

/** `getState` of the global of that name, once what can be sent is sent; `null` where there is no instance. */
const stateIn = async (name: string): Promise<State | null> => {
  const log = (window as unknown as Record<string, Partial<typeof window.chatlog> | undefined>)[name]
  if (typeof log?.getState !== 'function') return null
  await log.flush?.()
  return log.getState()
}

for (const { what, head, body = '', stored, says, state, global = 'chatlog' } of mistakes) {
  test(`a page or tag that ${what}: what is stored, what the console says, and what getState says`, async ({
    page,
    site,
    collector,
  }) => {
    const lines: string[] = []
    const errors: string[] = []
    // What is unlikely to be a mistake is said at the verbose level.
    page.on('console', (message) => {
      if (message.text().startsWith('chatlog') && message.type() !== 'debug') lines.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(error.message))
    const { webKey, apiKey, endpoint } = collector
    const filled = (html: string) =>
      html
        .replaceAll('{stub}', stub)
        .replaceAll('{key}', webKey)
        .replaceAll('{apiKey}', apiKey)
        .replaceAll('{endpoint}', endpoint)
    const charset = /charset=([\w-]+)-->/.exec(head)?.[1] ?? 'utf-8'
    const html = `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${filled(head)}<body>${filled(body)}`

    await page.goto(site.rawPage('/mistake', html, { 'content-type': `text/html; charset=${charset}` }))

    const hears = () =>
      says ? lines.some((line) => says.test(line)) || (says.test('') && !lines.length) : !lines.length
    if (says) await expect.poll(hears, { message: `${says} is said` }).toBe(true)
    if (state) {
      const matches = expect.objectContaining({
        ...state,
        ...(state.counts && { counts: expect.objectContaining(state.counts) }),
      })
      await expect.poll(() => page.evaluate(stateIn, global)).toEqual(matches)
    } else expect(await page.evaluate(stateIn, global)).toBeNull()
    expect(await collector.transcripts()).toEqual(stored)
    expect([hears(), lines, errors]).toEqual([true, lines, []])
  })
}
