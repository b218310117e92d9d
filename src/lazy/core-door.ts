import type { Chatlog, ChatlogEvents, Consent, State } from '../script/chatlog.ts'
import type { InitOptions } from '../script/options.ts'
import type { HandOver, StartCore } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'
import type { CoreLoader } from './load-core.ts'

/** A core that couldn't be loaded is asked for again after so long, in milliseconds, where the page needs it. */
const againMs = 30_000

/** The core, from the moment it is asked for. */
export interface CoreDoor {
  /** `null` until it runs. */
  core(): Chatlog | null
  /** Asks for it, unless that is under way, was in vain a moment ago, or the instance has ended. */
  load(): void
  /** Asks for it, and waits until it runs or can't be had. */
  wait(): Promise<Chatlog | null>
  whenThere(use: (core: Chatlog) => void): void
  on: Chatlog['on']
  /** Runs once the core does what this file did until then. */
  until(end: () => void): void
  /** What `getState().sender` says where the core can't be had. */
  missing(): Partial<State['sender']>
  isStopped(): boolean
  stop(): void
  takeOver(given: InitOptions): void
}

interface CoreDoorParts {
  given: InitOptions
  page: LazyPage
  loader: CoreLoader
  take(): HandOver
  consent(): Consent
}

export function createCoreDoor(parts: CoreDoorParts): CoreDoor {
  const { page, loader, take, consent } = parts
  let { given } = parts
  let core: Chatlog | null = null
  let start: StartCore | null = null
  let missingUrl = ''
  let askedAt = Number.NEGATIVE_INFINITY
  let isLoading = false
  let stopped = false
  const uses = new Set<(core: Chatlog) => void>()
  const ends: (() => void)[] = []
  const waiting: ((core: Chatlog | null) => void)[] = []

  const settled = () => {
    isLoading = false
    for (const tell of waiting.splice(0)) tell(core)
  }

  const started = (startCore: StartCore) => {
    start = startCore
    if (!stopped) {
      start({ ...given, consent: consent() }, take, (there) => {
        core = there
        for (const use of uses) use(there)
        for (const end of ends.splice(0)) end()
      })
    }
    settled()
  }

  const door: CoreDoor = {
    core: () => core,
    load() {
      if (core || stopped || isLoading || page.now() - askedAt < againMs) return
      isLoading = true
      askedAt = page.now()
      loader.load(started, (url) => {
        const line = `chatlog: ${url} could not be loaded. What is recorded is kept, and a page where it loads sends it.`
        if (!missingUrl) page.console.error(line)
        missingUrl = url
        settled()
      })
    },
    wait() {
      door.load()
      return core || !isLoading ? Promise.resolve(core) : new Promise((resolve) => waiting.push(resolve))
    },
    whenThere(use) {
      if (core) use(core)
      else uses.add(use)
    },
    on<Name extends keyof ChatlogEvents>(name: Name, listener: (event: ChatlogEvents[Name]) => void) {
      let off = () => {}
      const use = (there: Chatlog) => {
        off = there.on(name, listener)
      }
      door.whenThere(use)
      return () => {
        uses.delete(use)
        off()
      }
    },
    until: (end) => void ends.push(end),
    missing: () => (missingUrl && !core ? { state: 'unreachable', reason: `${missingUrl} could not be loaded` } : {}),
    isStopped: () => stopped,
    stop() {
      stopped = true
      core?.stop()
      for (const end of ends.splice(0)) end()
      settled()
    },
    takeOver(changed) {
      given = changed
      start?.({ ...given }, take)
    },
  }
  return door
}
