import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chat, type Edit, editsArbitrary, type Message } from './edits.ts'
import { type Entry, Notebook } from './notebook.ts'

const isLongForm = process.env.npm_lifecycle_event === 'test:reconcile'

/** Shows the chat after each edit. @returns what is wrong with what was recorded */
function problemsOf(withIds: boolean, repeats: boolean, edits: readonly Edit[]): string[] {
  const chat = new Chat(withIds, repeats)
  const notebook = new Notebook()
  const problems: string[] = []
  for (const edit of edits) {
    if (!chat.do(edit)) continue
    if (edit.kind === 'reload') notebook.reload()
    const before = notebook.entries.map((entry) => ({ entry, text: entry.text }))
    const visible = chat.visible()
    notebook.show(...visible)
    for (const message of visible) if (message.texts.at(-1) !== message.text) message.texts.push(message.text)
    problems.push(
      ...lostTexts(before, chat.all),
      ...doubled(notebook, chat.all, chat.isCertain),
      ...outOfOrder(notebook, visible, chat.isCertain),
      ...(chat.isCertain ? wrongReplacements(notebook, chat.all) : []),
    )
    if (problems.length) return [`after ${edit.kind}:`, ...problems]
  }
  return problems
}

/** No recorded text disappears unless the same message changed. */
const lostTexts = (before: { entry: Entry; text: string }[], all: readonly Message[]): string[] =>
  before.flatMap(({ entry, text }) => {
    if (entry.text === text) return []
    const isItsOwn = entry.truths.some((truth) => {
      const { texts = [], text: now } = all[truth] ?? {}
      return now === entry.text && texts.includes(text)
    })
    return isItsOwn ? [] : [`"${text}" became "${entry.text}"`]
  })

/** Everything that was shown is recorded, and nothing twice. Without ids what says the same may be one message. */
function doubled({ entries }: Notebook, all: readonly Message[], isCertain: boolean): string[] {
  const said = all.filter(({ texts }) => texts.length)
  const lost = said.filter(({ role, text }) => !entries.some((entry) => entry.role === role && entry.text === text))
  const twice = said.filter(({ role, text }) => {
    const isIt = (other: { role: string; text: string }) => other.role === role && other.text === text
    return entries.filter(isIt).length > said.filter(isIt).length
  })
  const mixed = isCertain ? entries.filter(({ truths }) => truths.length > 1) : []
  return [
    ...lost.map(({ text }) => `"${text}" isn't recorded`),
    ...twice.map(({ text }) => `"${text}" is recorded twice`),
    ...mixed.map(({ text, truths }) => `"${text}" is messages ${truths.join(' and ')}`),
  ]
}

/** What is shown side by side for the first time stands in that order. */
function outOfOrder({ entries }: Notebook, visible: readonly Message[], isCertain: boolean): string[] {
  if (!isCertain) return []
  const places = visible.map(({ truth }) => entries.findIndex(({ truths }) => truths.includes(truth)))
  return places.flatMap((place, index) =>
    index && place <= (places[index - 1] as number) ? [`"${visible[index]?.text}" stands out of order`] : [],
  )
}

const wrongReplacements = ({ entries }: Notebook, all: readonly Message[]): string[] =>
  entries.flatMap((entry) => {
    const placesOf = ({ truths }: Entry) => truths.map((truth) => all[truth]?.place)
    if (!entry.replaces || placesOf(entry).some((place) => placesOf(entry.replaces as Entry).includes(place))) return []
    return [`"${entry.text}" doesn't replace "${entry.replaces.text}"`]
  })

test.each([
  [true, true],
  [true, false],
  [false, false],
])(
  'whatever becomes of a transcript (ids: %s, the same words again: %s), what was recorded stays, once',
  {
    timeout: isLongForm ? 7_200_000 : 300_000,
  },
  (withIds, repeats) => {
    fc.assert(
      fc.property(editsArbitrary, (edits) => {
        expect(problemsOf(withIds, repeats, edits)).toEqual([])
      }),
      { numRuns: isLongForm ? 10_000 : 500 },
    )
  },
)
