import fc from 'fast-check'
import type { Consent } from '../../src/script/chatlog.ts'
import type { Instance } from '../../src/script/instance.ts'
import type { Fault } from '../script/fakes/fake-endpoint.ts'
import { type FakeBrowser, type FakeTab, fakeBrowser } from '../script/fakes/fake-platform.ts'

/** Two tabs of one site at one machine, and the people who use it one after another: a logout brings the next. */
interface Machine {
  browser: FakeBrowser
  cookies: boolean
  tabs: FakeTab[]
  logs: Instance[]
  /** Who sits there, counted from 1. */
  person: number
  /** What the site was last told, and says to the pages that it serves. */
  consent: Consent
  said: Said[]
}

interface Said {
  text: string
  tab: number
  /** `waiting`: in its page's memory, for the answer to the banner. */
  state: 'waiting' | 'recorded' | 'gone'
  /** From then on no request may hold it, in milliseconds of the fake clock. */
  refusedAt: number
}

interface Step {
  run: (machine: Machine) => void | Promise<void>
  toString(): string
}

/** How the site sets chatlog up, and what the browser has. */
interface MachineSetting {
  cookies: boolean
  locks: boolean
  seed: number
}

const chatId = 'chat'
const cookieName = 'chatlog_visitor'
const attributes = { path: '/', domain: 'example.com' }

/** How long another tab may take to hear of a refusal, in milliseconds: nobody is quicker from one to the other. */
const hearingMs = 50

const step = (name: string, run: Step['run']): Step => ({ run, toString: () => name })

const nowOf = ({ browser }: Machine) => browser.clock.elapsedMs()

function serve(machine: Machine, tab: number): void {
  const { tabs, consent, cookies, logs } = machine
  logs[tab] = (tabs[tab] as FakeTab).start({ consent, cookies })
}

/** The page of a tab is gone: what it had in its memory alone is, too. */
function forgetWaiting({ said }: Machine, tab: number): void {
  for (const one of said) if (one.tab === tab && one.state !== 'recorded') one.state = 'gone'
}

const say = (tab: number, where: 'here' | 'in the named chat' | 'by its id') =>
  step(`say ${where}, tab ${tab}`, ({ logs, person, said }) => {
    const log = logs[tab] as Instance
    const text = `person ${person} says ${said.length + 1}.`
    const { consent } = log.getState()
    const state = ({ granted: 'recorded', pending: 'waiting', denied: 'gone' } as const)[consent]
    said.push({ text, tab, state, refusedAt: consent === 'denied' ? 0 : Number.POSITIVE_INFINITY })
    if (where === 'in the named chat') log.startConversation({ id: chatId })
    log.trackMessage({ role: 'user', content: text, ...(where === 'by its id' && { conversationId: chatId }) })
  })

const identify = (tab: number) =>
  step(`log in, tab ${tab}`, ({ logs, person }) => logs[tab]?.identify({ userId: `user ${person}` }))

const logOut = (tab: number) =>
  step(`log out, tab ${tab}`, (machine) => {
    const { said, logs } = machine
    logs[tab]?.reset()
    machine.person++
    // Whoever answers the banner now does so for themselves.
    for (const one of said) if (one.state === 'waiting') one.state = 'gone'
  })

const decide = (tab: number, consent: Consent) =>
  step(`${consent}, tab ${tab}`, (machine) => {
    machine.consent = consent
    for (const one of machine.said) {
      const isHere = one.tab === tab
      if (consent === 'granted' && isHere && one.state === 'waiting') one.state = 'recorded'
      if (consent === 'pending' && isHere && one.state === 'waiting') continue
      if (consent !== 'denied' || (one.state === 'waiting' && !isHere)) continue
      one.state = 'gone'
      one.refusedAt = Math.min(one.refusedAt, nowOf(machine))
    }
    machine.logs[tab]?.setConsent(consent)
  })

const anyTab = [0, 1]

const steps: Step[] = [
  ...anyTab.flatMap((tab) => [
    ...([say(tab, 'here'), say(tab, 'here'), say(tab, 'in the named chat'), say(tab, 'by its id')] as const),
    identify(tab),
    logOut(tab),
    ...(['granted', 'granted', 'pending', 'denied'] as const).map((consent) => decide(tab, consent)),
    step(`navigate, tab ${tab}`, async (machine) => {
      await machine.tabs[tab]?.navigate()
      forgetWaiting(machine, tab)
      serve(machine, tab)
    }),
    step(`close and open, tab ${tab}`, async (machine) => {
      await machine.tabs[tab]?.close()
      forgetWaiting(machine, tab)
      machine.tabs[tab] = machine.browser.openTab()
      serve(machine, tab)
    }),
    step(`hide and show, tab ${tab}`, async ({ tabs }) => {
      await tabs[tab]?.hide()
      await tabs[tab]?.show()
    }),
  ]),
  step('the cookie is deleted', ({ tabs }) => tabs[0]?.platform.cookies.remove(cookieName, attributes)),
  step('the cookie is emptied', ({ tabs }) => void tabs[0]?.platform.cookies.set(cookieName, '', attributes)),
  ...[1_000, 6_000, 40 * 60_000].map((ms) => step(`${ms} ms`, ({ browser }) => browser.advance(ms))),
  ...([{ kind: 'status', status: 503 }, null] satisfies (Fault | null)[]).map((fault) =>
    step(fault ? 'the server is down' : 'the server is well', ({ browser }) => browser.endpoint.always(fault)),
  ),
]

const stepsArbitrary = fc.array(fc.constantFrom(...steps), { maxLength: 40, size: 'max' })

const settingArbitrary: fc.Arbitrary<MachineSetting> = fc.record({
  cookies: fc.constantFrom(true, true, true, false),
  locks: fc.boolean(),
  seed: fc.nat(),
})

/** Whose words these are: the numbers of the people, without repetition. */
const peopleIn = (text: string): number[] => [
  ...new Set(Array.from(text.matchAll(/person (\d+) says/g), ([, person]) => Number(person))),
]

/** What is wrong with what was sent: one line each. */
function leaks({ browser, said }: Machine): string[] {
  const wrong: string[] = []
  const ownerOf = new Map<string, number>()
  for (const { at, text } of browser.network.sent) {
    const people = peopleIn(text)
    if (people.length > 1) wrong.push(`people ${people} stand in one conversation: ${text}`)
    const [person] = people
    if (person === undefined) continue
    const { userProperties, properties, id } = JSON.parse(text)
    if (userProperties.identificationType === 'ID_PROVIDED' && userProperties.id !== `user ${person}`) {
      wrong.push(`person ${person} is sent as ${userProperties.id}`)
    }
    for (const known of [userProperties.id, properties.chatlog.visitorId, `conversation ${id}`]) {
      const owner: number = ownerOf.get(known) ?? person
      ownerOf.set(known, owner)
      if (owner !== person) wrong.push(`${known} passed from person ${owner} to ${person}`)
    }
    for (const { text: words, refusedAt } of said) {
      if (at > refusedAt + hearingMs && text.includes(words)) wrong.push(`sent after the refusal: ${words}`)
    }
  }
  return wrong
}

function losses({ browser, said }: Machine): string[] {
  const stored = JSON.stringify(browser.endpoint.conversations())
  return said
    .filter(({ state, text }) => state === 'recorded' && !stored.includes(text))
    .map(({ text }) => `not stored: ${text}`)
}

/**
 * Whatever is done with cookie, consent, login and logout in two tabs: no id passes from one person to the next, nothing
 * is sent under another's, nothing after a refusal, and what was allowed arrives.
 */
export const nobodyIsTakenForAnother = () =>
  fc.asyncProperty(settingArbitrary, stepsArbitrary, async ({ cookies, locks, seed }, taken) => {
    const browser = fakeBrowser({ locks, seed, mode: 'merge' })
    const tabs = anyTab.map(() => browser.openTab())
    const machine: Machine = { browser, cookies, tabs, logs: [], person: 1, consent: 'granted', said: [] }
    for (const tab of anyTab) serve(machine, tab)
    await browser.advance(hearingMs)
    for (const { run } of taken) {
      await run(machine)
      await browser.advance(hearingMs)
    }
    browser.endpoint.always(null)
    for (const tab of anyTab) await decide(tab, 'granted').run(machine)
    await browser.advance(3_600_000)
    const wrong = [...leaks(machine), ...losses(machine), ...browser.endpoint.violations]
    if (wrong.length) throw new Error([...taken.map(String), ...wrong.slice(0, 5)].join('\n'))
  })
