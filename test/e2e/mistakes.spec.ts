import { expect, test } from './fixtures.ts'
import { hears, matching, mistakePage, stateIn } from './mistake-page.ts'
import { mistakes } from './mistakes.ts'

for (const mistake of mistakes) {
  const { what, stored, says, global = 'chatlog' } = mistake
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
    const { html, headers } = mistakePage(mistake, collector)

    await page.goto(site.rawPage('/mistake', html, headers))

    if (says) await expect.poll(() => hears(lines, mistake), { message: `${says} is said` }).toBe(true)
    await expect.poll(() => page.evaluate(stateIn, global)).toEqual(matching(mistake))
    expect(await collector.transcripts()).toEqual(stored)
    expect([hears(lines, mistake), lines, errors]).toEqual([true, lines, []])
  })
}
