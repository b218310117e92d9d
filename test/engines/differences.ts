import { expect } from 'playwright/test'
import type { Difference } from './difference.ts'
import { startSilentServer } from './silent-server.ts'
import { click, comesTrue, type Stage } from './stage.ts'

/** Keepalive requests that are sent one after the other. */
const requests = 20

const yesOrNo = (holds: boolean): string => (holds ? 'yes' : 'no')

/** How long a write may take before it counts as kept waiting for good, in milliseconds. */
const writeMs = 5_000

/** A page without the tag. */
const plainPage = (body = '') => `<!doctype html><link rel="icon" href="data:,"><body>${body}`

/** That, in a tab of its own. */
async function openPlain({ openTab, site }: Stage, body = '') {
  const tab = await openTab()
  await tab.go(site.put('/plain', plainPage(body)))
  return tab
}

/** A page with a link to `/guide`, that notes which events its clicks are. */
async function openWithLink(stage: Stage) {
  stage.site.put('/guide', '<!doctype html>')
  const tab = await openPlain(stage, '<a id="link" href="/guide">The guide</a>')
  await tab.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    for (const type of ['click', 'auxclick', 'contextmenu']) addEventListener(type, () => heard.push(type))
  })
  return tab
}

/** What engines, and the ways to drive them, do differently. Each run measures all of it anew. */
export const differences: readonly Difference[] = [
  {
    what: '`fetchLater` is there',
    found: { Chromium: 'yes', 'Firefox ESR': 'no', WebKitGTK: 'no' },
    soThat: 'only in Chromium what was recorded in the moment of a crash arrives without a next visit.',
    async measure(stage) {
      const tab = await openPlain(stage)
      return yesOrNo(await tab.evaluate(() => 'fetchLater' in window))
    },
  },
  {
    what: `${requests} keepalive requests of 40 KB one after the other, each answer read, all pass`,
    found: { Chromium: 'yes', 'Firefox ESR': 'no', WebKitGTK: 'yes' },
    soThat:
      'in Firefox, which gives the 64 KiB back late, a page that sent one can’t send another at once as it closes.',
    async measure(stage) {
      const tab = await openPlain(stage)
      return yesOrNo(
        await tab.evaluate(async (requests) => {
          const send = () => fetch('/plain', { method: 'POST', keepalive: true, body: 'x'.repeat(40_000) })
          for (let number = 0; number < requests; number++) {
            const answer = await send().catch(() => null)
            if (answer === null) return false
            await answer.text()
          }
          return true
        }, requests),
      )
    },
  },
  {
    what: 'A page that is left gets to hand over what it has',
    found: { Chromium: 'always', 'Firefox ESR': 'not always', WebKitGTK: 'always' },
    soThat:
      'in Firefox, which may end the script of a page that was the last one of its site before it has handed over, it may be stored by the next visit only: the promises allow for that there, and count it. The last 250 ms of an answer that streams may be missing then, and what was said in the milliseconds before that the browser takes to save it. The busier the machine, the more often.',
    measure: 'counted',
  },
  {
    what: 'A page that is left before its `load` hears `pagehide`',
    found: { Chromium: 'yes', 'Firefox ESR': 'yes', WebKitGTK: 'no' },
    soThat:
      'what is recorded before `load` is sent at once in WebKit: such a page, for which a slow picture is enough, could hand nothing over.',
    async measure(stage) {
      const { site } = stage
      const silent = await startSilentServer()
      const note = `addEventListener('pagehide', () => { localStorage.heard = 'yes' }); location.assign('/after')`
      site.put('/after', plainPage())
      // Another server's answer, so that the page is there when it leaves.
      const script = `<script>fetch('/seen').then(() => { ${note} })</script>`
      site.put('/slow', plainPage(`<img alt="" src="${silent.url}">${script}`))
      const tab = await openPlain(stage)
      await tab.evaluate(() => void setTimeout(() => location.assign('/slow')))
      await expect.poll(() => site.visited).toContain('/after')
      // Asked in between, a driver may throw.
      await expect.poll(() => tab.evaluate(() => location.pathname).catch(() => '')).toBe('/after')
      const heard = await tab.evaluate(() => localStorage.getItem('heard'))
      await silent.close()
      return yesOrNo(heard === 'yes')
    },
  },
  {
    what: 'After a page that was left in the middle of a read, the next can write',
    found: { Chromium: 'yes', 'Firefox ESR': 'yes', WebKitGTK: 'no' },
    soThat: 'a page that goes breaks off what it reads from the store.',
    async measure(stage) {
      const tab = await openPlain(stage)
      await tab.evaluate(
        () =>
          new Promise<void>((resolve) => {
            const opening = indexedDB.open('read')
            opening.onupgradeneeded = () => opening.result.createObjectStore('rows')
            opening.onsuccess = () => {
              const rows = opening.result.transaction('rows').objectStore('rows')
              const readOn = () => {
                rows.getAll().onsuccess = readOn
                resolve()
              }
              readOn()
            }
          }),
      )
      await tab.go(stage.site.put('/next', plainPage()))
      return yesOrNo(
        await tab.evaluate(
          (writeMs) =>
            new Promise<boolean>((resolve) => {
              const opening = indexedDB.open('read')
              opening.onsuccess = () => {
                const writing = opening.result.transaction('rows', 'readwrite')
                writing.objectStore('rows').put(1, 1)
                writing.oncomplete = () => resolve(true)
              }
              setTimeout(() => resolve(false), writeMs)
            }),
          writeMs,
        ),
      )
    },
  },
  {
    what: 'A beacon of 64 KiB is refused',
    found: { Chromium: 'yes', 'Firefox ESR': 'no', WebKitGTK: 'yes' },
    soThat:
      'in Firefox more may leave with a closing page than chatlog, which keeps to 65,535 bytes everywhere, makes use of.',
    async measure(stage) {
      const tab = await openPlain(stage)
      return yesOrNo(await tab.evaluate(() => !navigator.sendBeacon('/plain', 'x'.repeat(65_537))))
    },
  },
  {
    what: 'A click with Ctrl held opens the link',
    found: { Chromium: 'in a new tab', 'Firefox ESR': 'in a new tab', WebKitGTK: 'in the same tab' },
    soThat: 'there the page is left by it, and the click must be sent as any other that leaves the page.',
    async measure(stage) {
      const tab = await openWithLink(stage)
      await click(tab, '#link', 'left with Ctrl held')
      await expect.poll(() => stage.site.visited).toContain('/guide')
      const isSame = await comesTrue(async () => (await tab.address()) === `${stage.site.origin}/guide`)
      return isSame ? 'in the same tab' : 'in a new tab'
    },
  },
  {
    what: 'What a page hears of the right button',
    found: {
      Chromium: '`contextmenu`, `auxclick`',
      'Firefox ESR': '`contextmenu`, `auxclick`',
      WebKitGTK: '`contextmenu`',
    },
    soThat: '`auxclick` alone doesn’t say that a link was opened: the button counts.',
    async measure(stage) {
      const tab = await openWithLink(stage)
      const heard = () => tab.evaluate(() => (window as unknown as { heard: string[] }).heard)
      await click(tab, '#link', 'right')
      await expect.poll(heard).toContain('contextmenu')
      return (await heard()).map((type) => `\`${type}\``).join(', ')
    },
  },
  {
    what: 'A tab behind another one is hidden',
    found: { Chromium: 'no', 'Firefox ESR': 'yes', WebKitGTK: 'no' },
    soThat: 'these runs tell a page by an event of their own that it is hidden.',
    async measure(stage) {
      const behind = await openPlain(stage)
      await openPlain(stage)
      return yesOrNo(await behind.evaluate(() => document.visibilityState === 'hidden'))
    },
  },
]
