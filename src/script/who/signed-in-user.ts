/** The user as the site names them, and what it said of them. */
export interface User {
  userId: string
  traits: Record<string, unknown>
}

/** Who is signed in to the site, as far as it said so. Lives as long as the instance, over each grant of consent. */
export interface SignedInUser {
  get(): User | null
  set(user: User): void
  /** Somebody else uses the page now. */
  clear(): void
}

/** @param userId the `userId` option */
export function createSignedInUser(userId: string | undefined): SignedInUser {
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
