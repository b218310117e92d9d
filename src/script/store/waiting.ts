import type { Conversation } from '../conversation/conversation.ts'

/** Work that waits until the earlier rows of its conversation are read. */
export interface Waiting {
  add(conversation: Conversation, work: () => void, urgent: boolean): void
  /** Runs what waits for this conversation. */
  runFor(conversation: Conversation): void
  /** Runs what was added as urgent: the page may end before the rows are read. */
  runUrgent(): void
}

interface WaitingWork {
  conversation: Conversation
  work: () => void
  urgent: boolean
}

export function createWaiting(): Waiting {
  const all = new Set<WaitingWork>()

  const run = (isMeant: (waiting: WaitingWork) => boolean) => {
    for (const waiting of all) {
      if (!isMeant(waiting)) continue
      all.delete(waiting)
      waiting.work()
    }
  }

  return {
    add: (conversation, work, urgent) => void all.add({ conversation, work, urgent }),
    runFor: (conversation) => run((waiting) => waiting.conversation === conversation),
    runUrgent: () => run(({ urgent }) => urgent),
  }
}
