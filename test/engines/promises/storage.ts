import { expect } from 'playwright/test'
import type { Tab } from '../engine.ts'
import type { EnginePromise } from '../promise.ts'
import { answer, flush, reload, type Stage, say } from '../stage.ts'

const noteErrors = "window.errors = []; addEventListener('error', ({ message }) => errors.push(message));"

/** A page on which something is done before chatlog loads, and which notes its errors. */
const pageWith = ({ page }: Stage, script: string) => page('/', { head: `<script>${noteErrors} ${script}</script>` })

const errorsIn = (tab: Tab) => tab.evaluate(() => (window as unknown as { errors: string[] }).errors)

export const storage: readonly EnginePromise[] = [
  {
    name: 'A sandboxed page, which is denied all storage, still delivers, as an ANONYMOUS visitor’s',
    async keep({ open, site, page, collector }) {
      const html = await (await fetch(page('/'))).text()
      const tab = await open(site.put('/sandbox', html, { 'content-security-policy': 'sandbox allow-scripts' }))
      await say(tab, 'Hi')
      await answer(tab, 'Hello')
      await flush(tab)

      expect(await collector.transcripts()).toEqual([['user: Hi', 'assistant: Hello']])
      const [conversation] = await collector.stored()
      expect(conversation?.userProperties).toMatchObject({ identificationType: 'ANONYMOUS' })
      expect(await tab.evaluate(() => window.chatlog.getState().storage)).toBe('memory')
    },
  },
  {
    name: 'A page whose cookies are refused delivers as an ANONYMOUS visitor’s',
    async keep(stage) {
      const refuse = "Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {} })"
      const tab = await stage.open(pageWith(stage, refuse))
      await say(tab, 'Hi')
      await flush(tab)

      const [conversation] = await stage.collector.stored()
      expect(conversation?.userProperties).toEqual({ id: expect.any(String), identificationType: 'ANONYMOUS' })
      expect(await errorsIn(tab)).toEqual([])
    },
  },
  ...Object.entries({
    'is removed': "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    'refuses to open': "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
    'never answers': 'IDBFactory.prototype.open = () => new EventTarget()',
  }).map(([what, script]) => ({
    name: `A page whose IndexedDB ${what} delivers from memory`,
    async keep(stage: Stage) {
      const tab = await stage.open(pageWith(stage, script))
      await say(tab, 'one')
      await flush(tab)
      await answer(tab, 'two')
      await flush(tab)

      await expect.poll(stage.collector.transcripts).toEqual([['user: one', 'assistant: two']])
      expect(await tab.evaluate(() => window.chatlog.getState().storage)).toBe('memory')
      expect(await errorsIn(tab)).toEqual([])
    },
  })),
  {
    name: 'A page whose localStorage and sessionStorage throw delivers, and goes on after a reload',
    async keep(stage) {
      const script = `for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })
      }`
      const tab = await stage.open(pageWith(stage, script))
      await say(tab, 'one')
      await flush(tab)
      await reload(tab)
      await say(tab, 'two')
      await flush(tab)

      expect((await stage.collector.transcripts()).flat()).toEqual(['user: one', 'user: two'])
      expect(await errorsIn(tab)).toEqual([])
    },
  },
]
