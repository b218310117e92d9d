/** One document's life: from its load until it is closed, crashes or is navigated away from. */
export interface FakeDocument {
  /** Tells documents apart in logs. */
  readonly name: string
  /** Runs the browser's callback into the page: never once it is gone, and only after its return while it is frozen. */
  run(work: () => void): void
  isGone(): boolean
  isFrozen(): boolean
  /** Runs once the document is gone; at once if it is. */
  onGone(listener: () => void): void
  freeze(): void
  thaw(): void
  end(): void
  /** A promise of the browser's, which a document that is gone never hears of. */
  promise<Result>(begin: (resolve: (result: Result) => void, reject: (cause: unknown) => void) => void): Promise<Result>
}

export function createFakeDocument(name: string): FakeDocument {
  const goneListeners: (() => void)[] = []
  const held: (() => void)[] = []
  let state: 'alive' | 'frozen' | 'gone' = 'alive'

  const run = (work: () => void) => {
    if (state === 'alive') work()
    else if (state === 'frozen') held.push(work)
  }

  return {
    name,
    run,
    isGone: () => state === 'gone',
    isFrozen: () => state === 'frozen',
    onGone(listener) {
      if (state === 'gone') listener()
      else goneListeners.push(listener)
    },
    freeze() {
      state = 'frozen'
    },
    thaw() {
      state = 'alive'
      for (const work of held.splice(0)) run(work)
    },
    end() {
      state = 'gone'
      for (const listener of goneListeners.splice(0)) listener()
    },
    promise: (begin) =>
      new Promise((resolve, reject) => {
        begin(
          (result) => run(() => resolve(result)),
          (cause) => run(() => reject(cause)),
        )
      }),
  }
}
