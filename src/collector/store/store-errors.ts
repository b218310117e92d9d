import type { Store } from './store.ts'

type Method = (...given: unknown[]) => Promise<unknown>

/** The same store, each error of its methods turned by `turned` into the one that is thrown. */
export function withErrorsOf(store: Store, turned: (error: unknown) => unknown): Store {
  return withEach(store, async (call) => {
    try {
      return await call()
    } catch (error) {
      throw turned(error)
    }
  })
}

/** The same store, each call made by `make`. */
export function withEach(store: Store, make: (call: () => Promise<unknown>) => Promise<unknown>): Store {
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    (...given: unknown[]) => make(() => (method as Method)(...given)),
  ])
  return Object.fromEntries(entries) as Store
}
