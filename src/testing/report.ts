import type { TestInfo } from 'playwright/test'
import type { StoredConversation } from '../contract/answer.ts'
import { type Circumstances, explainNothing } from './explain-nothing.ts'
import { counted } from './side-by-side.ts'
import { refusalsIn } from './told.ts'

/** What a test that failed is told with. */
export interface Report extends Circumstances {
  stored: readonly StoredConversation[]
}

/** What of the first attachment the terminal shows: Playwright cuts a text there, in characters. */
const shownLength = 300

/** What stands first: how much is stored, or why nothing is; and what was refused. */
export function headlineOf(report: Report): string {
  const { stored, requests, seen } = report
  if (!stored.length) return cut(explainNothing(report))
  const messages = stored.reduce((sum, conversation) => sum + conversation.messages.length, 0)
  const refused = refusalsIn(requests)
  return cut(
    [
      `Stored: ${counted(stored.length, 'conversation')}, ${counted(messages, 'message')}.`,
      ...refused.slice(-1),
      ...seen.lines.slice(-1).map(({ text }) => text),
    ].join('\n'),
  )
}

const cut = (text: string): string => (text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text)

/**
 * Attaches to the test what chatlog knows of it: why nothing is stored or how much is, as text, which the terminal shows;
 * and stored conversations, requests, each page's state and chatlog's console lines, as JSON.
 */
export async function attachReport(testInfo: TestInfo, report: Report): Promise<void> {
  const { stored, requests, pages, seen } = report
  const json = (name: string, value: unknown) =>
    testInfo.attach(name, { body: JSON.stringify(value, null, 2), contentType: 'application/json' })
  await testInfo.attach('chatlog', { body: headlineOf(report), contentType: 'text/plain' })
  await json('chatlog-stored', stored)
  await json(
    'chatlog-requests',
    requests.map(({ url, method, status, detail }) => ({ url, method, status, ...(detail && { detail }) })),
  )
  await json(
    'chatlog-pages',
    pages.map(({ isMain: _page, ...page }) => page),
  )
  await json('chatlog-console', seen.lines)
}
