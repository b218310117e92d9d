import type { Chatlog, ChatlogEvents, State } from '../script/chatlog.ts'
import { lastOf } from '../script/lists.ts'
import { checkMessage, type MessageProblem } from './check-message.ts'
import { findObstacle, type Obstacle, pageSurroundings } from './why-unreachable.ts'

/** How many events, and how many problems, are kept: the newest ones. */
const keptLines = 20

/** Something that happened. */
export interface LogLine {
  /** Milliseconds since 1970. */
  at: number
  text: string
}

/** A message that was wrong, and when it was handed over (milliseconds since 1970). */
export type FoundProblem = MessageProblem & { at: number }

/** What the panel shows: how things stand, and what happened since it was loaded. Never what a person typed. */
export interface Observation {
  /** `null` while there is no instance. */
  state: State | null
  /** The page's stub queues calls: the script hasn't loaded yet. */
  hasStub: boolean
  events: readonly LogLine[]
  refusals: readonly ChatlogEvents['refused'][]
  /** What keeps requests from an endpoint that has never answered; `null` where that isn't found out yet. */
  obstacle: Obstacle | null
  checked: number
  problems: readonly FoundProblem[]
}

/** `window.chatlog` in all its states. */
export type ChatlogGlobal = Partial<Chatlog> & { q?: unknown[][] }

const eventTexts: { [Name in keyof ChatlogEvents]?: (event: ChatlogEvents[Name]) => string } = {
  delivered: ({ conversationId, messages, bytes }) => `200: ${conversationId}, ${messages} messages, ${bytes} bytes`,
  retrying: ({ cause, afterMs }) => `${cause}: chatlog tries again in ${Math.round(afterMs)} ms`,
  refused: ({ conversationId, status, detail }) => `${status}: ${conversationId} refused: ${detail}`,
  blocked: ({ reason }) => `blocked: ${reason}`,
  dropped: ({ messageId, reason }) => `dropped ${messageId ?? 'something'}: ${reason}`,
}

/**
 * Watches whatever `window.chatlog` is, through its public methods alone: listens, and looks at what `trackMessage` and
 * `trackMessages` are given on its way through.
 */
export function observeInstance(
  read: () => ChatlogGlobal | undefined,
  now: () => number = Date.now,
  find: (endpoint: string) => Promise<Obstacle> = (endpoint) => findObstacle(endpoint, pageSurroundings()),
) {
  const events: LogLine[] = []
  const refusals: ChatlogEvents['refused'][] = []
  const problems: FoundProblem[] = []
  const listeners = new Set<() => void>()
  let watched: ChatlogGlobal | null = null
  let queuedSeen = 0
  let checked = 0
  const why = createWhy(find, () => tell())

  const tell = () => {
    for (const listener of listeners) listener()
  }

  const keep = <Line>(lines: Line[], line: Line) => {
    lines.push(line)
    if (lines.length > keptLines) lines.shift()
    tell()
  }

  const check = (messages: unknown) => {
    for (const message of Array.isArray(messages) ? messages : [messages]) {
      checked += 1
      const problem = checkMessage(message)
      if (problem && lastOf(problems)?.explanation !== problem.explanation) keep(problems, { at: now(), ...problem })
    }
  }

  const watch = (instance: Chatlog) => {
    watched = instance
    for (const [name, textOf] of Object.entries(eventTexts)) {
      const say = textOf as (event: unknown) => string
      instance.on(name as keyof ChatlogEvents, (event) => keep(events, { at: now(), text: say(event) }))
    }
    instance.on('refused', (event) => keep(refusals, event))
    wrap(instance, 'trackMessage', check)
    wrap(instance, 'trackMessages', check)
  }

  /** Looks at the calls that the stub has queued, before the instance takes them. */
  const checkQueue = (queue: unknown[][]) => {
    const unseen = queue.slice(queuedSeen)
    queuedSeen = queue.length
    for (const [name, given] of unseen) if (/^trackMessages?$/.test(String(name))) check(given)
  }

  return {
    /** Told when something happened. */
    onChange: (listener: () => void) => void listeners.add(listener),
    /** How things stand now. */
    look(): Observation {
      const global = read()
      if (global?.getState && global !== watched) watch(global as Chatlog)
      else if (Array.isArray(global?.q)) checkQueue(global.q)
      const state = global?.getState?.() ?? null
      return {
        state,
        hasStub: !state && global !== undefined,
        events,
        refusals,
        obstacle: why(state),
        checked,
        problems,
      }
    },
    flush: () => read()?.flush?.(),
  }
}

/** Has a method's first argument checked on its way through. */
function wrap(instance: Chatlog, name: 'trackMessage' | 'trackMessages', check: (messages: unknown) => void): void {
  const original = instance[name] as (...given: unknown[]) => unknown
  Object.assign(instance, {
    [name]: (...given: unknown[]) => {
      try {
        check(given[0])
      } catch {
        // The page's call goes through whatever the panel makes of it.
      }
      return original(...given)
    },
  })
}

/** What keeps requests from the endpoint of a state, asked once for each time that it is found to be unreachable. */
function createWhy(find: (endpoint: string) => Promise<Obstacle>, onFound: () => void) {
  let obstacle: Obstacle | null = null
  let asked: string | null = null
  return (state: State | null): Obstacle | null => {
    const { sender, endpoint } = state ?? {}
    if (sender?.state !== 'unreachable') {
      if (sender?.state !== 'sending') obstacle = asked = null
    } else if (endpoint && asked !== endpoint && sender.reason !== 'connect-src') {
      asked = endpoint
      find(endpoint).then(
        (found) => {
          obstacle = found
          onFound()
        },
        () => {}, // the panel says then what it may be
      )
    }
    return obstacle
  }
}

/** The watcher of an instance. */
export type InstanceObserver = ReturnType<typeof observeInstance>
