import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromAgUiEvents } from '../../src/adapters/ag-ui.ts'
import { fromUIMessages } from '../../src/adapters/ai-sdk.ts'
import { fromThreadMessages } from '../../src/adapters/assistant-ui.ts'
import { fromDeepChat } from '../../src/adapters/deep-chat.ts'
import { fromInkeep } from '../../src/adapters/inkeep.ts'
import { fromOpenAI } from '../../src/adapters/openai.ts'
import { fromActivities } from '../../src/adapters/web-chat.ts'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { fakePage } from '../script/fakes/fake-platform.ts'
import { samples } from './samples.ts'

const document = readFileSync(join(import.meta.dirname, '../../docs/adapters.md'), 'utf8')

/** The rows of each table under _What is kept_, by its heading. */
const tables = Object.fromEntries(
  document
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const rows = [...section.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].map(([, row = '']) => row)
      return [section.split('\n')[0] ?? '', rows.filter((row) => row !== 'it has' && row !== '--')]
    }),
)

const read: Record<string, (messages: never) => MessageInput[]> = {
  'AI SDK, versions 5 and 6': fromUIMessages,
  'assistant-ui': fromThreadMessages,
  'deep-chat': fromDeepChat,
  Inkeep: fromInkeep,
  'AG-UI events': fromAgUiEvents,
  'Web Chat activities': fromActivities,
}

/** What the endpoint has of it, as far as a table says something about it. */
async function storedOf(format: string, given: object[]) {
  const page = fakePage()
  page.log.trackMessages((read[format] ?? fromOpenAI)(given as never))
  await page.browser.advance(10_000)
  const { dropped } = page.log.getState().counts
  const messages = page.endpoint.conversations().flatMap((conversation) => conversation.messages)
  return { messages: messages.map(keptOf), dropped }
}

type Page = ReturnType<typeof fakePage>
type Stored = ReturnType<Page['endpoint']['conversations']>[number]['messages'][number]

function keptOf({ role, name, content, links, tool_calls: calls, properties }: Stored) {
  const { chatlog, ...own } = (properties ?? {}) as Record<string, unknown>
  const { status, placeholders } = (chatlog ?? {}) as Record<string, unknown>
  return {
    role,
    content: Array.isArray(content) ? content.map(shortOf) : content,
    ...(name && { name }),
    ...(links && { links: links.map(({ url, title }) => [url, title]) }),
    ...(calls && {
      calls: calls.map(({ id, function: { name: tool, arguments: given } }) => `${id} ${tool} ${given}`),
    }),
    ...own,
    ...(status !== 'complete' && { status: status ?? 'streaming' }),
    ...(placeholders !== undefined && { placeholders }),
  }
}

const shortOf = (part: { text?: string; image_url?: { url: string } }) => part.text ?? `<${part.image_url?.url}>`

test('every table has a sample for each of its rows, and no other', () => {
  const held = Object.fromEntries(Object.entries(samples).map(([format, rows]) => [format, Object.keys(rows)]))

  expect(held).toEqual(tables)
})

describe.each(Object.entries(samples))('%s', (format, rows) => {
  test.each(Object.entries(rows))('%s', async (_row, { given, stored, dropped = {} }) => {
    const kept = await storedOf(format, given)

    expect(kept).toEqual({ messages: stored, dropped })
  })
})
