import type { Store } from './store.ts'

type Method = (...given: unknown[]) => Promise<unknown>

/** The same store, in which `make` makes each call. */
export function withEach(store: Store, make: (call: () => Promise<unknown>) => Promise<unknown>): Store {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    (...given: unknown[]) => make(() => (method as Method)(...given)),
  ])
  return Object.fromEntries(entries) as Store
}
