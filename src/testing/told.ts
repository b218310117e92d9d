import type { StoredConversation } from '../contract/answer.ts'
import type { FakeRequest } from './fake-request.ts'
import { counted, transcriptLines } from './side-by-side.ts'

/** What is stored, as lines of `role: text`; and what was refused, and why. */
export function tellStored(conversations: readonly StoredConversation[], requests: readonly FakeRequest[]): string {
  const refused = refusalsIn(requests)
  if (!conversations.length && refused.length) return `Nothing is stored: ${refused.at(-1)}`
  const lines = conversations.length
    ? [`Stored: ${counted(conversations.length, 'conversation')}`, ...transcriptLines(conversations)]
    : ['Nothing is stored.']
  return [...lines, ...refused.slice(-3)].join('\n')
}

/** The requests that were answered with an error, one a line, oldest first, with what the answer said. */
export const refusalsIn = (requests: readonly FakeRequest[]): string[] =>
  requests.flatMap(({ method, url, status, detail }) =>
    status !== null && status >= 400
      ? [`the collector refused ${method} ${url} with ${status}${detail ? `: ${detail}` : ''}`]
      : [],
  )
