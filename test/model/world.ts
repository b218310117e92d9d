import type { Instance } from '../../src/script/instance.ts'
import type { InitOptions } from '../../src/script/options.ts'
import type { Platform } from '../../src/script/platform.ts'
import type { EndpointMode } from '../script/fakes/fake-endpoint.ts'
import { type FakeBrowser, type FakeTab, fakeBrowser } from '../script/fakes/fake-platform.ts'

/** What kind of browser, site and server a sequence of commands meets. */
export interface Setting {
  server: 'hosted' | 'chatlog'
  mode: EndpointMode
  locks: boolean
  fetchLater: boolean
  /** Whether both tabs are closed before the last visit. */
  endsClosed: boolean
  seed: number
}

/** A message that a page recorded, and what the server must hold of it in the end. */
export interface Recorded {
  /** No two messages have the same beginning. */
  text: string
  /** The page that recorded it, and when, in milliseconds of the fake clock. */
  page: number
  at: number
  /** What the wall clock showed, as far as it jumped. */
  wallAt: number
  /** Since when that page could hear of others. */
  hearsSince: number
  /** The widget's id of it. */
  callerId: string | null
  /** It was said in the chat that the widget names. */
  inChat: boolean
  /** `streaming` while it grows; what the server says of it in the end. */
  status: 'streaming' | 'complete' | 'aborted' | 'error' | 'interrupted'
  /** Its page was gone before others could hear of it. */
  unheard: boolean
  /** URLs of the clicks on its links. */
  clicks: string[]
  /** Its page crashed before anything could keep it: it may be missing. */
  mayBeLost: boolean
  /** Its page crashed while it grew: the last words may be missing. */
  mayBeCut: boolean
  /** From when on nobody receives it any more, as far as other pages can tell. */
  endedAt: number
}

/** A page that is open, as the model sees it. */
export interface ModelPage {
  number: number
  /** Since when it hears of other pages: its load, or its return from the cache. */
  hearsSince: number
  /** Since when it records whole transcripts. */
  rendersSince?: number
  /** It shows the chat that the widget names, the same in every tab. */
  named: boolean
  cached: boolean
  /** The answer that it is receiving. */
  growing: Recorded | null
  recorded: Recorded[]
}

/** What was done. */
export interface Model {
  setting: Setting
  pages: (ModelPage | null)[]
  recorded: Recorded[]
  pagesOpened: number
  /** The widget's own transcript of the chat that it records whole on every render. */
  transcript: Recorded[]
  /** Milliseconds of the fake clock. */
  now: number
  /** By how much the wall clock has jumped, and the latest that it has ever shown, without the time that passed. */
  jumped: number
  latest: number
}

/** What it was done to. */
export interface Real {
  browser: FakeBrowser
  tabs: (FakeTab | null)[]
  logs: (Instance | null)[]
  options: Partial<InitOptions>
}

/** The chats that a widget names: recorded message by message, and as whole transcripts. */
export const chatId = 'chat'
export const transcriptId = 'transcript'

export const tabCount = 2

export function createWorld(setting: Setting, alter?: (platform: Platform, browser: FakeBrowser) => Platform) {
  const browser: FakeBrowser = fakeBrowser({
    ...setting,
    ...(alter && { alter: (platform: Platform) => alter(platform, browser) }),
  })
  const nobody = Array.from({ length: tabCount }, () => null)
  const model: Model = {
    ...{ setting, pages: [...nobody], recorded: [], pagesOpened: 0, transcript: [], now: 0, jumped: 0, latest: 0 },
  }
  const real: Real = { browser, tabs: [...nobody], logs: [...nobody], options: { server: setting.server } }
  return { model, real }
}

/** The page of a tab starts the script, as the site's own code would. */
export function startPage(model: Model, real: Real, index: number, named: boolean): void {
  const tab = real.tabs[index]
  if (!tab) throw new Error('there is no tab')
  const log = tab.start(real.options)
  if (named) log.startConversation({ id: chatId })
  real.logs[index] = log
  model.pagesOpened++
  const number = model.pagesOpened
  const { now } = model
  model.pages[index] = { number, hearsSince: now, named, cached: false, growing: null, recorded: [] }
}

/** How long a page may take to open the store, in milliseconds: what it records before isn't stored when it crashes. */
const openingMs = 40

/** The page of a tab ends; `crashed`: without having been told. */
export function endPage(model: Model, index: number, crashed: boolean): void {
  const page = model.pages[index]
  if (!page) return
  if (page.growing) {
    page.growing.status = 'interrupted'
    page.growing.mayBeCut = crashed
    page.growing.endedAt = Math.min(page.growing.endedAt, model.now)
  }
  keepSilent(model, page)
  if (crashed) {
    for (const recorded of page.recorded) {
      recorded.mayBeLost ||= page.hearsSince > model.now - openingMs
      recorded.mayBeLost ||= model.transcript.includes(recorded) && recorded.at > model.now - openingMs
    }
  }
  model.pages[index] = null
}

/** How long another tab may take to hear of a message, in milliseconds. */
export const hearingMs = 60

/** What a page has recorded just before it ends or freezes, others may only learn from the store, when they send. */
export function keepSilent({ now }: Model, page: ModelPage): void {
  for (const recorded of page.recorded) recorded.unheard ||= now - recorded.at < hearingMs
}
