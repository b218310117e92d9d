/** The user as the site names them, and what it said of them. */
export interface User {
  userId: string
  traits: Record<string, unknown>
}

/**
 * A user id as text; `undefined` where it names nobody: nothing, or what a template writes where there is nothing, which
 * would make one user of all.
 */
export const userIdOf = (given: unknown): string | undefined =>
  /^(string|number):(?!(undefined|null|NaN|)$)/.test(`${typeof given}:${given}`) ? `${given}` : undefined

/** Who is signed in to the site, as far as it said so. Lives as long as the instance, over each grant of consent. */
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
