import type { HeldConversation } from './collector-under-test.ts'

/** Numbers of the test's messages in what a collector holds, in its order, doubled ones twice. */
export function numbersHeld(conversations: readonly HeldConversation[]): number[] {
  return conversations.flatMap(({ messages }) => messages.flatMap(({ content }) => numberOf(content) ?? []))
}

/** The number of a message that `say` recorded: its text begins with it. */
export function numberOf(content: unknown): number | null {
  const number = /^#(\d+)/.exec(String(content))?.[1]
  return number === undefined ? null : Number(number)
}

/** What is said of an upsert as evidence: its id, and `50 messages (1-10)`, the test's own in parentheses. */
export function describeBody(body: string): string {
  if (!body) return 'not whole'
  try {
    const conversation = JSON.parse(body)
    return `${conversation.id}: ${conversation.messages.length} messages (${ranges(numbersHeld([conversation]))})`
  } catch {
    return `no JSON: ${body.slice(0, 1_000)}`
  }
}

/** `1-3, 7` for 1, 2, 3, 7, in the order given. */
export function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const run = runs.at(-1)
    if (run && run[1] + 1 === number) run[1] = number
    else runs.push([number, number])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ') || 'none'
}
