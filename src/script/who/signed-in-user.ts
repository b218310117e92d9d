/** The user as the site names them, and what it said of them. */
export interface User {
  userId: string
  traits: Record<string, unknown>
}

/** What templates write where there is nobody, or leave where they weren't filled in: it would make one user of all. */
const nobody = /^(undefined|null|None|nil|NaN|<nil>|<no value>|)$|^\[object |\{\{|\$\{|<%/

/** A user id as text; `undefined` where it names nobody. */
export const userIdOf = (given: unknown): string | undefined =>
  /^(string|number)$/.test(typeof given) && !nobody.test(`${given}`) ? `${given}` : undefined

/**
 * Who is signed in, as far as the site said so. Lives as long as the instance, so that it outlives a withdrawn consent.
 */
export interface SignedInUser {
  get(): User | null
  set(user: User): void
  /** Somebody else uses the page now. */
  clear(): void
}

/** @param userId the `userId` option */
export function createSignedInUser(userId?: string): SignedInUser {
  let user: User | null = userId ? { userId, traits: {} } : null
  return {
    get: () => user,
    set(named) {
      user = named
    },
    clear() {
      user = null
    },
  }
}
