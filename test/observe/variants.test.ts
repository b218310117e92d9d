import { expect, test } from 'vitest'
import { observedWidget } from './observed-widget.ts'
import { strangers } from './strangers.ts'
import { defaults, type Said, type Variant, variants } from './variants.ts'

const questionsOf = ({ questions = defaults.questions }: Variant) => questions
const answersOf = ({ answers = defaults.answers }: Variant) => answers

/** Where the variant plays nothing of its own: a question and its answer, for each answer. */
const exchanges = `for (const [i, html] of answers.entries()) {
  await type(questions[i]); put('u', frame(user, questions[i], i)); await wait(300)
  put('a', frame(bot, html, i)); await wait(2600)
}`

const parts = [
  'document',
  'list',
  'put',
  'press',
  'type',
  'wait',
  'frame',
  'user',
  'bot',
  'questions',
  'answers',
  'reload',
]

/** The `N` of a frame counts its messages, so that times differ. */
const frame = (html: string, text: string, index: number) =>
  html.replace(/(?<=\b10[:.]2)N|\bN\b/g, String(index + 2)).replace('TEXT', () => text)

const storedOf = (variant: Variant): Said[] =>
  variant.stored ??
  answersOf(variant).flatMap(([, said], index) => [
    { said: `user: ${questionsOf(variant)[index]}`, ...(variant.names && { name: variant.names[0] }) },
    { said: `assistant: ${said}`, ...(variant.names && { name: variant.names[1] }) },
  ])

/** A tag without the attributes that a variant gives as empty. */
const withoutEmpty = (tag: Record<string, string>) =>
  Object.fromEntries(Object.entries(tag).filter(([, value]) => value !== ''))

/** Plays the widget to its end. */
async function play(variant: Variant) {
  const { html = '', css = '', newestFirst = false, user = 'TEXT', bot = 'TEXT' } = variant
  const widget = observedWidget({
    tag: withoutEmpty({ observe: '#list', user: '.u', assistant: '.a', ...variant.tag }),
    body: `<style>${css}</style>${html}${/id="list"/.test(html) ? '' : '<div id="list"></div>'}`,
  })
  const { document } = widget
  const list = document.querySelector('#list') as HTMLElement
  const put = (name: string, inner: string) => {
    const list = widget.document.querySelector('#list') as HTMLElement
    const row = widget.document.createElement(list.localName === 'tbody' ? 'tr' : 'div')
    row.className = name
    row.innerHTML = inner
    if (newestFirst) list.prepend(row)
    else list.append(row)
    return row
  }
  const run = new Function(...parts, `return (async () => { ${variant.play ?? exchanges} })()`)
  const { press, type, wait } = widget
  const reload = async () => {
    await widget.reload()
    return { document: widget.document, list: widget.document.querySelector('#list') }
  }
  const answers = answersOf(variant).map(([given]) => given)
  await run(document, list, put, press, type, wait, frame, user, bot, questionsOf(variant), answers, reload)
  return widget
}

test.each([...variants, ...strangers])('$kind', async (variant) => {
  const stored = storedOf(variant)

  const widget = await play(variant)

  const messages = await widget.messages()
  const told = messages.map(({ role, content, name, links, properties }, index) => {
    const marks = (properties as { chatlog?: { status?: string; replaces?: string } } | null)?.chatlog ?? {}
    const replaced = messages.find(({ id }) => id === marks.replaces)
    return {
      said: `${role}: ${content}`,
      status: marks.status,
      ...(stored[index]?.links && { links: (links ?? []).map(({ label }) => label) }),
      ...((stored[index]?.name || name) && { name }),
      ...(marks.replaces && { replaces: replaced?.content }),
    }
  })
  expect(told).toEqual(stored.map((said) => ({ status: 'complete', ...said })))
})
