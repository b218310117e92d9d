import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MessageInput } from '../../../src/script/chatlog.ts'
import type { Instance } from '../../../src/script/instance.ts'
import { type FakeBrowser, type FakeTab, fakeBrowser } from '../fakes/fake-platform.ts'
import { Chat, type Edit, editsArbitrary } from './edits.ts'

const isLongForm = process.env.npm_lifecycle_event === 'test:reconcile'

/** What happens next: an edit of one of the chats, and which tab shows it, at once or a moment later. */
interface Step {
  edit: Edit
  chat: number
  tab: number
  /** The other tab shows the chat too. */
  both: boolean
  /** Milliseconds until something else happens. */
  pauseMs: number
}

const stepsArbitrary = editsArbitrary.chain((edits) =>
  fc
    .array(
      fc.record({
        chat: fc.nat(1),
        tab: fc.nat(1),
        both: fc.boolean(),
        pauseMs: fc.constantFrom(50, 400, 3_000),
      }),
      { minLength: edits.length, maxLength: edits.length },
    )
    .map((steps) => steps.map((step, index): Step => ({ ...step, edit: edits[index] as Edit }))),
)

/** A browser whose two tabs show two chats of the widget's, which it names. */
class Site {
  readonly browser: FakeBrowser = fakeBrowser()
  readonly chats: Chat[]
  readonly #tabs: FakeTab[] = [this.browser.openTab(), this.browser.openTab()]
  readonly #logs: Instance[] = this.#tabs.map((tab) => tab.start())
  /** By chat: the tab that receives an answer. */
  readonly #streamsIn: (number | undefined)[] = []

  constructor(withIds: boolean) {
    this.chats = [0, 1].map(() => new Chat(withIds, false))
  }

  async do({ edit, chat: which, tab, both, pauseMs }: Step): Promise<void> {
    const chat = this.chats[which] as Chat
    // Other ids are recognised by what a tab has shown before.
    const changesIds = edit.kind === 'change_ids' && !chat.list.at(-1)?.growing
    if (changesIds) {
      for (const one of [0, 1]) this.#show(which, one)
      await this.browser.advance(50)
    }
    if (!chat.do(edit)) return
    const shownIn = this.#streamsIn[which] ?? tab
    if (edit.kind === 'reload') await this.#reload(shownIn)
    this.#show(which, shownIn)
    const isGrowing = chat.list.at(-1)?.growing
    this.#streamsIn[which] = isGrowing ? shownIn : undefined
    // What grows comes in one tab; the other shows it once it is whole.
    if ((both || changesIds) && !isGrowing) this.#show(which, 1 - shownIn)
    if (pauseMs) await this.browser.advance(pauseMs)
  }

  async end(): Promise<void> {
    for (const which of [0, 1]) {
      const chat = this.chats[which] as Chat
      for (const message of chat.list) message.growing = false
      this.#show(which, this.#streamsIn[which] ?? 0)
    }
    await this.browser.advance(1_000)
    for (const tab of this.#tabs) await tab.close()
    await this.browser.advance(90_000)
    this.browser.openTab().start()
    await this.browser.advance(90_000)
  }

  async #reload(tab: number): Promise<void> {
    await (this.#tabs[tab] as FakeTab).navigate()
    this.#logs[tab] = (this.#tabs[tab] as FakeTab).start()
  }

  #show(which: number, tab: number): void {
    const visible = (this.chats[which] as Chat).visible()
    for (const message of visible) if (message.texts.at(-1) !== message.text) message.texts.push(message.text)
    const list = visible.map(
      ({ id, role, text, growing }): MessageInput => ({
        ...(id && { id }),
        role,
        // Text of its own: those of the two chats are never the same.
        content: `${which}: ${text}`,
        ...(role === 'assistant' && { status: growing ? 'streaming' : 'complete' }),
      }),
    )
    this.#logs[tab]?.trackMessages(list, { conversationId: `chat ${which}` })
  }
}

/** What is stored of each chat, compared with what was said in it. */
function problemsOf({ browser, chats }: Site): string[] {
  const { endpoint } = browser
  const problems = [...endpoint.violations]
  for (const [which, chat] of chats.entries()) {
    const said = chat.all.filter(({ texts }) => texts.length).map(({ text }) => `${which}: ${text}`)
    const stored = endpoint
      .conversations()
      .filter(({ externalId }) => externalId === `chat ${which}`)
      .flatMap(({ id }) => endpoint.contentsOf(id))
    problems.push(
      ...said.filter((text) => !stored.includes(text)).map((text) => `"${text}" is lost`),
      ...stored.filter((text) => !said.includes(text)).map((text) => `"${text}" was never said so`),
      ...stored.filter((text, index) => stored.indexOf(text) !== index).map((text) => `"${text}" is stored twice`),
    )
  }
  return problems
}

test.each([[true], [false]])(
  'two chats that two tabs show are stored whole, once, and apart, whatever becomes of them (ids: %s)',
  { timeout: isLongForm ? 7_200_000 : 300_000 },
  async (withIds) => {
    await fc.assert(
      fc.asyncProperty(stepsArbitrary, async (steps) => {
        const site = new Site(withIds)
        for (const step of steps) await site.do(step)
        await site.end()
        expect(problemsOf(site)).toEqual([])
      }),
      { numRuns: isLongForm ? 10_000 : 60 },
    )
  },
)
