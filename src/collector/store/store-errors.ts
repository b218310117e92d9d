import { codeOf } from '../error-code.ts'
import { type Store, StoreUnavailableError } from './store.ts'

type Method = (...given: unknown[]) => Promise<unknown>

/** The same store, in which `make` makes each call. */
export function withEach(store: Store, make: (call: () => Promise<unknown>) => Promise<unknown>): Store {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    (...given: unknown[]) => make(() => (method as Method)(...given)),
  ])
  return Object.fromEntries(entries) as Store
}

/** How long a store without room says so, in milliseconds, after it had to refuse something. */
const fullForMs = 5_000

/**
 * Lets the store not answer `ping` for a while after it had no room. A database whose disk is full answers what it is
 * asked, and may have room for the little that `ping` writes: a balancer would go on sending it what it can't keep. After
 * a while it is tried again.
 *
 * @param code what its database says of a full disk
 */
export function tellingWhenFull(store: Store, code: string): Store {
  let fullUntilMs = 0
  const watched = withEach(store, (call) =>
    call().catch((error) => {
      if (codeOf(error) === code) fullUntilMs = performance.now() + fullForMs
      throw error
    }),
  )
  const ping = async () => {
    if (performance.now() < fullUntilMs) throw new StoreUnavailableError({ cause: new Error('its disk is full') })
    return watched.ping()
  }
  return { ...watched, ping }
}
