/** Time that only moves when it is told to. */
export interface FakeClock {
  /** The wall clock, milliseconds since 1970: what pages see. Jumps. */
  now(): number
  /** Milliseconds since the clock was made, jumps left out: what timers follow. */
  elapsedMs(): number
  /** Sets the wall clock forwards or, with a negative number, backwards. Timers don't notice. */
  jump(ms: number): void
  /** Runs `task` this much later. @returns the cancel */
  after(delayMs: number, task: () => void): () => void
  /** Timers that are set. */
  pending(): number
  /** Waits until every promise that can go on without time passing has done so. */
  settle(): Promise<void>
  /** Lets time pass: everything due runs in order, and all promises after each. */
  advance(ms: number): Promise<void>
}

/** 2026-03-01T12:00:00Z. */
export const startOfTime = Date.UTC(2026, 2, 1, 12)

/** Tasks within one `advance` after which a loop that doesn't wait is assumed. */
const maxTasks = 20_000

interface Task {
  dueAt: number
  run(): void
}

// Immediates run once the queue of promises is empty.
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createFakeClock(): FakeClock {
  const tasks: Task[] = []
  let elapsed = 0
  let jumped = 0

  const take = (task: Task) => {
    const index = tasks.indexOf(task)
    if (index >= 0) tasks.splice(index, 1)
  }

  return {
    now: () => startOfTime + elapsed + jumped,
    elapsedMs: () => elapsed,
    jump(ms) {
      jumped += ms
    },
    after(delayMs, run) {
      const task = { dueAt: elapsed + Math.max(0, delayMs), run }
      const before = tasks.findLastIndex((other) => other.dueAt <= task.dueAt)
      tasks.splice(before + 1, 0, task)
      return () => take(task)
    },
    pending: () => tasks.length,
    settle,
    async advance(ms) {
      const until = elapsed + ms
      let tasksRun = 0
      await settle()
      for (let next = tasks[0]; next && next.dueAt <= until; next = tasks[0]) {
        if (++tasksRun > maxTasks) throw new Error(`something goes on and on at ${elapsed} ms, hardly waiting`)
        elapsed = next.dueAt
        take(next)
        next.run()
        await settle()
      }
      elapsed = until
    },
  }
}
