import type { Chatlog } from './chatlog.ts'
import { createInstance, type Instance } from './instance.ts'
import type { InitOptions, ResolvedOptions } from './options.ts'
import { browserPlatform, hasPage } from './platform.ts'
import type { startRecording } from './start.ts'

/** What one build of the script is made of: `chatlog.js` the least, `chatlog-observe.js` more. */
export interface ScriptBuild {
  /** @throws TypeError naming the option, its value and the remedy */
  resolve(given: InitOptions): ResolvedOptions
  /** Called at each grant of consent; what it returns ends with `stop()` or `wipe()`. */
  start: typeof startRecording
}

/** One instance a store name. */
const instances = new Map<string, Instance>()

/** The `init` of a build. */
export const createInit =
  ({ resolve, start }: ScriptBuild) =>
  (given: InitOptions): Chatlog => {
    const options = resolve(given)
    const { storeName } = options
    const known = instances.get(storeName)
    known?.takeOver(options)
    const platform = hasPage() ? browserPlatform() : null
    const instance = known ?? createInstance(options, platform, () => instances.delete(storeName), start)
    instances.set(storeName, instance)
    return instance
  }
