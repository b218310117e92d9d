import { describe, expect, test } from 'vitest'
import { assistant, Notebook, user } from './notebook.ts'

const [u1, a1, u2, a2] = [
  user('u1', 'first?'),
  assistant('a1', 'first.'),
  user('u2', 'second?'),
  assistant('a2', 'second.'),
] as const

/** What is recorded after each of the lists was shown, one after the other. */
const shown = (...lists: Parameters<Notebook['show']>[]) => {
  const notebook = new Notebook()
  for (const list of lists) notebook.show(...list)
  return notebook
}

describe('with ids', () => {
  test('an id is a message’s identity, whatever becomes of its text', () => {
    expect(shown([u1, a1], [u1, assistant('a1', 'Quite another text.')]).texts()).toEqual([
      'first?',
      'Quite another text.',
    ])
  })

  test('an empty message is not what every other begins with', () => {
    const notebook = shown([u1, assistant('a1', '', true)], [u1, assistant('a2', 'Sunny')])

    expect(notebook.texts()).toEqual(['first?', '', 'Sunny'])
  })

  test('a stopped answer that is written again under a new id stays, and is replaced', () => {
    const notebook = shown(
      [u1, assistant('a1', 'You can install')],
      [u1, assistant('a2', 'You can install it with npm.')],
    )

    expect(notebook.texts()).toEqual(['first?', 'You can install', 'You can install it with npm.'])
    expect(notebook.replaced()).toEqual({ 'You can install it with npm.': 'You can install' })
  })

  test('an answer that is still coming may change its id', () => {
    const notebook = shown([u1, assistant('t1', 'You can', true)], [u1, assistant('a1', 'You can install it.')])

    expect(notebook.texts()).toEqual(['first?', 'You can install it.'])
  })

  test('a whole conversation may change its ids at once', () => {
    const changed = [u1, a1, u2, a2].map((said) => ({ ...said, id: `server-${said.id}` }))

    expect(shown([u1, a1, u2, a2], changed).entries).toHaveLength(4)
  })

  test('an edited question stands beside the one before, and replaces it and no other', () => {
    const notebook = shown(
      [u1, a1, u2, a2],
      [user('u3', 'first, on Windows?')],
      [user('u3', 'first, on Windows?'), assistant('a3', 'Otherwise.')],
    )

    expect(notebook.texts()).toEqual(['first?', 'first.', 'second?', 'second.', 'first, on Windows?', 'Otherwise.'])
    expect(notebook.replaced()).toEqual({ 'first, on Windows?': 'first?' })
  })

  test('a question with a new id never overwrites one that stood at another place', () => {
    const pro = user('u2', 'Pro')
    const notebook = shown([u1, a1, pro, a2], [user('u3', 'Pro plan: is it free?')])

    expect(notebook.texts()).toEqual(['first?', 'first.', 'Pro', 'second.', 'Pro plan: is it free?'])
  })

  test('the answer to an edited question is no version of the answer to the other, though it says the same', () => {
    const notebook = shown([u1, a1], [user('u3', 'third?'), assistant('a3', 'first.')])

    expect(notebook.texts()).toEqual(['first?', 'first.', 'third?', 'first.'])
    expect(notebook.replaced()).toEqual({ 'third?': 'first?' })
  })

  test('what comes after everything was cleared replaces nothing', () => {
    expect(shown([u1, a1], [], [u2]).replaced()).toEqual({})
  })

  test('a question after a deleted pair replaces nothing', () => {
    expect(shown([u1, a1, u2, a2], [u1, a1], [u1, a1, user('u3', 'third?')]).replaced()).toEqual({})
  })

  test('a chat that is shown whole after a reload, under the server’s ids, is recorded once', () => {
    const notebook = shown([u1, a1])
    notebook.reload()
    notebook.show({ ...u1, id: 's1' }, { ...a1, id: 's2' }, u2)

    expect(notebook.texts()).toEqual(['first?', 'first.', 'second?'])
  })

  test('a chat that begins anew after a reload, with the same first words, is another', () => {
    const notebook = shown([u1, a1])
    notebook.reload()
    notebook.show({ ...u1, id: 's1' })
    notebook.show({ ...u1, id: 's1' }, { ...a1, id: 's2' })

    expect(notebook.texts()).toEqual(['first?', 'first.', 'first?', 'first.'])
  })

  test('a branch that is shown again is recorded once', () => {
    const other = [u1, assistant('b1', 'Otherwise.'), user('v2', 'And now?')]

    expect(shown([u1, a1, u2], other, [u1, a1, u2], other).entries).toHaveLength(5)
  })

  test('two messages under one id in one list are two', () => {
    const twice = [user('x', 'one'), assistant('x', 'two')]

    expect(shown(twice, twice).texts()).toEqual(['one', 'two'])
  })
})

describe('order', () => {
  test('history that comes late stands before', () => {
    expect(shown([u2, a2], [u1, a1, u2, a2]).texts()).toEqual(['first?', 'first.', 'second?', 'second.'])
  })

  test('a message in the middle stands between its neighbours', () => {
    expect(shown([u1, u2, a2], [u1, a1, u2, a2]).texts()).toEqual(['first?', 'first.', 'second?', 'second.'])
  })

  test('a list that shows a part, and is scrolled up, comes in order', () => {
    const all = Array.from({ length: 12 }, (_, index) => user(`m${index}`, `${index}`))
    const windows = [8, 6, 4, 2, 0].map((from) => all.slice(from, from + 4))

    expect(shown(...windows).texts()).toEqual(all.map(({ text }) => text))
  })
})

describe('without ids', () => {
  const [q, a, r, b] = [u1, a1, u2, a2].map((said) => ({ ...said, id: null })) as never as (typeof u1)[]

  test('what is said after a reload overwrites nothing of an earlier visit', () => {
    const notebook = shown([q, a] as never)
    notebook.reload()
    notebook.show(r as never)

    expect(notebook.texts()).toEqual(['first?', 'first.', 'second?'])
    expect(notebook.replaced()).toEqual({})
  })

  test('history that is shown again after a reload is recorded once', () => {
    const notebook = shown([q, a] as never)
    notebook.reload()
    notebook.show(...([q, a, r, b] as never[]))

    expect(notebook.texts()).toEqual(['first?', 'first.', 'second?', 'second.'])
  })

  test('an empty id is none', () => {
    const empty = [q, a, r, b].map((said) => ({ ...said, id: '' })) as never[]

    expect(shown(empty, empty.slice(2)).entries).toHaveLength(4)
  })

  test('a window that slides over a growing transcript records each message once', () => {
    const all = Array.from({ length: 12 }, (_, index) => (index % 2 ? assistant(null, `${index}`) : user(null, 'Why?')))
    const windows = all.map((_, index) => all.slice(Math.max(0, index - 3), index + 1))

    expect(shown(...windows).texts()).toEqual(all.map(({ text }) => text))
  })

  test('the same question asked again is another message', () => {
    expect(shown([q, a] as never, [q, a, q, b] as never).texts()).toEqual(['first?', 'first.', 'first?', 'second.'])
  })

  test('a growing answer is one message, after a reload too', () => {
    const notebook = shown([q as never, assistant(null, 'So', true)])
    notebook.reload()
    notebook.show(q as never, assistant(null, 'So it is.'))

    expect(notebook.texts()).toEqual(['first?', 'So it is.'])
  })

  test('the same words that left, and come back before what stayed, are another message', () => {
    const [A, B] = [user(null, 'A'), user(null, 'B')]

    expect(shown([A], [A, B], [A], [B, A]).texts()).toEqual(['B', 'A', 'B'])
  })

  test('messages whose ids were dropped are known all the same', () => {
    expect(shown([u1, a1, u2, a2], [q, a, r, b] as never).entries).toHaveLength(4)
  })

  test('an unchanged transcript of a thousand equal messages takes no time to speak of', () => {
    const thousand = Array.from({ length: 1_000 }, () => user(null, 'ok'))
    const notebook = shown(thousand)
    notebook.show(...thousand)

    expect(notebook.entries).toHaveLength(1_000)
  })
})
