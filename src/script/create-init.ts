import type { Chatlog } from './chatlog.ts'
import { withOptions } from './given-options.ts'
import { createInstance, type Instance } from './instance.ts'
import { defaultOptions, type InitOptions, type ResolvedOptions } from './options.ts'
import { browserPlatform, hasPage, sharedByCopies } from './platform.ts'
import { sayOnce } from './say-once.ts'
import type { startRecording } from './start.ts'

/** The parts in which builds of the script differ: `chatlog-observe.js` reads and records more than `chatlog.js`. */
export interface ScriptBuild {
  /** @throws TypeError naming the option, its value and the remedy */
  resolve(given: InitOptions): ResolvedOptions
  /** Called at each grant of consent; what it returns ends with `stop()` or `wipe()`. */
  start: typeof startRecording
  /** Options that this build has beyond those of every build. */
  moreOptions?: readonly string[]
}

/**
 * By store name: the instance, the function that gives it another key, and the `start` of the copy that made it. All
 * copies of the script on a page share it, of whatever version; each entry is a list, since builds shorten names of
 * members.
 */
type Instances = Map<string, [instance: Instance, takeKey: (apiKey: string) => void, owner: unknown]>

/** Makes the `init` of a build, which never throws. */
export const createInit = (build: ScriptBuild) => {
  const { start } = build
  const open = (options: ResolvedOptions): Instance => {
    const { storeName, apiKey } = options
    const instances = sharedByCopies('instances', (): Instances => new Map())
    const [known, takeKey, owner] = instances.get(storeName) ?? []
    if (known && takeKey) {
      if (owner !== start)
        sayOnce('warn', 'chatlog: a second copy of the script is on this page: the first one records')
      takeKey(apiKey)
      return known
    }
    const platform = hasPage() ? browserPlatform() : null
    const instance = createInstance(options, platform, () => instances.delete(storeName), start)
    instances.set(storeName, [instance, instance.takeKey, start])
    return instance
  }
  return (given: InitOptions): Chatlog =>
    withOptions(given, build, open, (problem) => createInstance({ ...defaultOptions, problem }, null, () => {}, start))
}
