import type { StoredConversation } from '../../src/contract/answer.ts'
import { expect, started, test } from './fixtures.ts'
import { answered, ask, type HomeMadePage, mockBackend, putHomeMadePage, type Reply } from './observed-page.ts'

/** Ten questions, each with its answer; two are the same. */
const replies = new Map<string, Reply>([
  ['How do I install it?', { text: 'Run npm install.\n\nThen start it.' }],
  ['And then?', { text: 'Open the page that it prints.' }],
  [
    'Where is the guide?',
    { text: 'Here it is.', link: { href: 'https://docs.example.com/guide?a=1', label: 'the guide' } },
  ],
  ['Does 1 < 2 hold?', { text: 'Yes, 1 < 2 & 2 > 1 hold.' }],
  ['Who are you?', { text: 'An assistant for the documentation of Osier.' }],
  ['Thanks', { text: 'You are welcome.' }],
  ['Is it free?', { text: 'It is free for everybody who wants it, and it stays so.', cutAfter: 12 }],
  ['Where is the code?', { text: 'On the page.', link: { href: '/code', label: 'the code' } }],
  ['Bye', { text: 'Good bye.' }],
])
const questions = [...replies.keys()].toSpliced(6, 0, 'Thanks')

const cutText = (text: string, after: number): string => {
  let shown = ''
  for (const piece of text.split(/(?<=\s)/)) if (shown.length < after) shown += piece
  return shown.trim()
}

/** What was typed and what the backend sent, as a reader would copy it. */
function saidIn(asked: readonly string[], origin: string) {
  return asked.flatMap((question) => {
    const { text, link, cutAfter } = replies.get(question) as Reply
    const shown = cutAfter === undefined ? text : cutText(text, cutAfter)
    const whole = link ? `${shown}\n\nSee ${link.label}` : shown
    const links = link ? [{ url: new URL(link.href, origin).href, label: link.label }] : []
    const failure = { role: 'assistant', content: 'The connection was lost.', links: [] }
    return [
      { role: 'user', content: question, links: [] },
      { role: 'assistant', content: whole, links },
      ...(cutAfter === undefined ? [] : [failure]),
    ]
  })
}

const storedIn = (conversations: readonly StoredConversation[]) =>
  conversations.map(({ messages }) =>
    messages.map(({ role, content, links }) => ({
      role,
      content,
      links: (links ?? []).map(({ url, label }) => ({ url, label })),
    })),
  )

const greeting = 'Hello! Ask me anything.'
const greeted = { role: 'assistant', content: greeting, links: [] }

const widgets: [name: string, widget: HomeMadePage][] = [
  ['grows the text of one element', { kind: 'grow', greeting, storageKey: 'history' }],
  [
    'appends nodes, in an open shadow root that comes late',
    { kind: 'append', place: 'shadow', greeting, storageKey: 'h' },
  ],
  ['replaces an answer’s HTML, in a list that shows four rows alone', { kind: 'html', storageKey: 'h', rows: 4 }],
  ['renders its whole list anew at each token', { kind: 'wholesale', greeting, storageKey: 'h' }],
  ['forgets its history with a reload', { kind: 'grow', greeting }],
]

for (const [name, widget] of widgets) {
  test(`a tag alone records a widget that ${name}: ten turns, one cut off, with a reload in the middle`, async ({
    page,
    site,
    collector,
  }) => {
    await mockBackend(page, (question) => replies.get(question) as Reply)
    const address = await putHomeMadePage(site, collector, widget)
    await page.goto(address)
    await started(page)
    for (const [index, question] of questions.entries()) {
      if (index === 5) {
        await page.reload()
        await started(page)
      }
      await ask(page, question)
      await answered(page, (index % 5) + 1)
    }

    const expected = [...(widget.greeting ? [greeted] : []), ...saidIn(questions, site.origin)]
    await expect.poll(async () => storedIn(await collector.stored())).toEqual([expected])
  })
}
