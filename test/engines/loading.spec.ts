import { expect } from 'playwright/test'
import { hears, matching, mistakePage, stateIn } from '../e2e/mistake-page.ts'
import { furtherSurroundings, type Mistake, surroundings } from '../e2e/mistakes.ts'
import { engines } from './engines.ts'
import { testsIn } from './tests-in.ts'

/** Notes what the page's console and `error` events say, before anything else runs. */
const notes = `<script>{
  const noted = window.noted = { lines: [], errors: [] }
  addEventListener('error', ({ message }) => message && noted.errors.push(message))
  addEventListener('unhandledrejection', ({ reason }) => noted.errors.push(String(reason)))
  for (const name of ['error', 'warn']) {
    const write = console[name]
    console[name] = (...said) => {
      if (String(said[0]).startsWith('chatlog')) noted.lines.push(said.join(' '))
      write.apply(console, said)
    }
  }
}</script>`

/** With `npm run test:engines -- --all` all that a page may have at the load, and otherwise what an engine decides. */
/** What drives WebKitGTK can't look into such a page itself. */
const undriven = ['has a variable Node of its own']

const tried = process.env.ENGINES_ALL === 'yes' ? [...surroundings, ...furtherSurroundings] : surroundings

const noted = () => (window as unknown as { noted: { lines: string[]; errors: string[] } }).noted

for (const engine of engines) {
  testsIn(engine, (test) => {
    const isDriven = ({ what }: Mistake) => engine.name !== 'WebKitGTK' || !undriven.includes(what)
    for (const mistake of tried.filter(isDriven)) {
      test(`Loading: a page or tag that ${mistake.what}`, async ({ openTab, site, collector }) => {
        const { html, headers } = mistakePage(mistake, collector, notes)
        const tab = await openTab()
        await tab.go(site.put('/mistake', html, headers))

        await expect.poll(async () => hears((await tab.evaluate(noted)).lines, mistake)).toBe(true)
        await expect.poll(() => tab.evaluate(stateIn, mistake.global ?? 'chatlog')).toEqual(matching(mistake))
        expect(await collector.transcripts()).toEqual(mistake.stored)
        const { lines, errors } = await tab.evaluate(noted)
        expect([hears(lines, mistake), lines, errors]).toEqual([true, lines, []])
      })
    }
  })
}
