import type { Page } from 'playwright'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const hourMs = 3_600_000

const closedWith =
  (given: { characters?: number; filler: string }) =>
  async ({ open }: Stage) => {
    const page = await open()
    await page.evaluate((given) => window.faults.say(given), given)
    await page.close()
  }

const clickedUrl = 'https://docs.example.com/clicked'

const textsHeld = async ({ held }: Stage) =>
  (await held()).flatMap(({ messages }) => messages).map(({ content }) => String(content))

/** Back on a page that was left. Tells one that was restored, and shows itself a little later, from one that was loaded. */
async function comeBackTo(page: Page, url: string): Promise<void> {
  // Not `goBack`: it waits for a load that a restored page doesn't have.
  await page.evaluate(() => history.back())
  await page.waitForURL(url, { waitUntil: 'commit' })
  await page.waitForFunction('window.restored || !window.wasLeft', null, { polling: 20 })
  if (!(await page.evaluate('window.wasLeft'))) throw new Error('the page was kept out of the back/forward cache')
}

/** What is said, and when, is out of the ordinary. */
export const contents: readonly Row[] = [
  {
    name: 'clock back an hour',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, context }) {
      await context.clock.install()
      const page = await open()
      await page.evaluate(() => window.faults.say({ count: 5 }))
      await page.clock.setSystemTime(Date.now() - hourMs)
      await page.evaluate(() => window.faults.say({ first: 6, count: 5 }))
      await page.close()
    },
  },
  {
    name: 'back/forward cache and back',
    promise: { firstLife: 10, afterNext: 10 },
    needsWholeBrowser: true,
    async firstLife({ open, site }) {
      const head = "<script>addEventListener('pageshow', (event) => { window.restored = event.persisted })</script>"
      const body = `<p data-chatlog><a href="${clickedUrl}" onclick="event.preventDefault()">See this page</a></p>`
      const page = await open({ head, body })
      await page.evaluate(() => window.faults.say({ count: 5 }))
      await page.evaluate("window.wasLeft = true; location.href = '/elsewhere'")
      await page.waitForURL('**/elsewhere')
      await comeBackTo(page, `${site.origin}/`)
      await page.evaluate(() => {
        window.faults.say({ first: 6, count: 5 })
        document.querySelector('a')?.click()
      })
      await page.evaluate((to) => {
        location.href = to
      }, `${site.otherOrigin}/elsewhere`)
      await page.waitForURL('**/elsewhere')
    },
    async check({ held }) {
      const clicks = JSON.stringify(await held()).split(`"url":"${clickedUrl}"`).length - 1
      if (clicks !== 1) throw new Error(`one click after the return is held ${clicks} times`)
    },
  },
  {
    name: '2.5 MB conversation',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, delivered }) {
      const page = await open()
      await page.evaluate(() => window.faults.say({ characters: 250_000 }))
      await delivered(page)
    },
    async check({ held }) {
      const [first, second, ...more] = (await held()).map(({ id, properties }) => ({
        id,
        ...(properties?.chatlog as object),
      }))
      const linked = first && second && 'continues' in second && second.continues === first.id
      if (!linked || more.length) throw new Error('not stored as two parts that are linked')
    },
  },
  {
    name: 'one message of 3 MB',
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife({ open, delivered }) {
      const page = await open()
      await page.evaluate(() => {
        window.faults.say({ count: 4 })
        window.faults.say({ first: 5, count: 1, characters: 3_000_000 })
        window.faults.say({ first: 6, count: 5 })
      })
      await delivered(page)
    },
    async check({ held }) {
      const messages = (await held()).flatMap((conversation) => conversation.messages)
      const cut = messages.filter(({ properties }) => JSON.stringify(properties ?? {}).includes('"truncated"'))
      if (cut.length !== 1) throw new Error(`${cut.length} messages say that they were cut`)
    },
  },
  {
    name: '30 KB of CJK and emoji, closed',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: closedWith({ filler: '漢字😀', characters: 1_204 }),
  },
  {
    name: 'NUL and lone surrogates, closed',
    promise: { firstLife: 10, afterNext: 10 },
    firstLife: closedWith({ filler: 'a\0b\ud800c\udc00' }),
    async check(stage) {
      const texts = await textsHeld(stage)
      if (!texts.every((text) => /^[^\0\p{Cs}]*$/u.test(text) && text.includes('a\ufffdb\ufffdc\ufffd'))) {
        throw new Error('stored as something else than U+FFFD')
      }
    },
  },
]
