import type { Chatlog, ChatlogEvents, Consent, State } from '../script/chatlog.ts'
import type { InitOptions } from '../script/options.ts'
import type { HandOver, StartCore } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'
import type { CoreLoader } from './load-core.ts'

/** How long after a load that failed the core may be loaded again, in milliseconds. */
const againMs = 30_000

/** Loads the core, and gives access to it once it runs. */
export interface CoreDoor {
  /** The core's instance; `null` until it runs. */
  core(): Chatlog | null
  /** Loads the core, unless it is being loaded, failed to load a moment ago, or the instance has stopped. */
  load(): void
  /** Loads the core, and waits until it runs; resolves with `null` where it can't be loaded. */
  wait(): Promise<Chatlog | null>
  /** Calls `use` with the core: now, or once it runs. */
  whenThere(use: (core: Chatlog) => void): void
  on: Chatlog['on']
  /** Calls `end` once the core runs and does the work itself, or the instance stops. */
  until(end: () => void): void
  /** What `getState().sender` says where the core could not be loaded; else nothing. */
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
