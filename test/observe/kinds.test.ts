import { describe, expect, test } from 'vitest'
import { type ObservedWidget, observedWidget } from './observed-widget.ts'

/** A question and its answer, shown below what was there. */
async function exchange(widget: ObservedWidget, question: string, answer: string) {
  await widget.ask(question)
  const element = widget.put('bot', answer)
  await widget.wait(3_000)
  return element
}

/** The page is loaded anew, and the widget shows what was said. */
async function paintedAgain(widget: ObservedWidget, said: readonly string[]) {
  await widget.reload()
  for (const line of said) {
    const [role, text = ''] = line.split(': ')
    widget.put(role === 'user' ? 'user' : 'bot', text)
  }
  await widget.wait(3_000)
}

const said = ['user: One?', 'assistant: About one.', 'user: Two?', 'assistant: About two.']

describe('a list whose newest message stands on top', () => {
  test('message by message', async () => {
    const widget = observedWidget({ newestFirst: true })
    await exchange(widget, 'One?', 'About one.')
    await exchange(widget, 'Two?', 'About two.')

    expect(await widget.transcripts()).toEqual([said])
  })

  test('exchange by exchange, all in one list', async () => {
    const widget = observedWidget({ newestFirst: true })
    for (const word of ['one', 'two', 'three']) {
      await widget.ask(`${word}?`)
      const answer = widget.document.createElement('div')
      answer.className = 'bot'
      answer.textContent = `About ${word}.`
      widget.list.firstElementChild?.after(answer)
      await widget.wait(3_000)
    }

    expect(await widget.transcripts()).toEqual([
      ['one', 'two', 'three'].flatMap((word) => [`user: ${word}?`, `assistant: About ${word}.`]),
    ])
  })

  test('painted again after a reload', async () => {
    const widget = observedWidget({ newestFirst: true })
    await exchange(widget, 'One?', 'About one.')
    await exchange(widget, 'Two?', 'About two.')
    await paintedAgain(widget, said)
    await exchange(widget, 'Three?', 'About three.')

    expect(await widget.transcripts()).toEqual([[...said, 'user: Three?', 'assistant: About three.']])
  })
})

test.each([
  ['<h5>You said:</h5>', '<h5>Helper said:</h5>'],
  ['<span class="who">ME</span>', '<span class="who">AI</span>'],
  ['<div class="c1"><b>Jane</b></div>', '<div class="c1"><b>Osier</b></div>'],
  ['<span class="x-Avatar">ME</span>', '<span class="x-Avatar">AI</span>'],
  ['<i class="cdk-visually-hidden">You</i>', '<i class="acme-sr-only">Bot</i>'],
])('what stands before every message of a side is none of its text: %s', async (user, bot) => {
  const widget = observedWidget()
  for (const word of ['one', 'two']) {
    widget.type()
    widget.put('user', `${user}<div class="text">How ${word}?</div>`)
    await widget.wait(100)
    widget.put('bot', `${bot}<div class="text"><p>About ${word}.</p></div>`)
    await widget.wait(3_000)
  }

  expect(await widget.transcripts()).toEqual([
    ['one', 'two'].flatMap((word) => [`user: How ${word}?`, `assistant: About ${word}.`]),
  ])
  expect((await widget.marks()).map(({ status }) => status)).toEqual(Array(4).fill('complete'))
})

test.each([
  ['<p>Sure!</p><p>About NUMBER.</p>', 'Sure!\n\nAbout NUMBER.'],
  ['<strong>Note:</strong> about NUMBER.', 'Note: about NUMBER.'],
  ['<p>See:</p><ul><li><a href="/a">Guide NUMBER</a></li></ul>', 'See:\n\nGuide NUMBER'],
  [
    '<p>NUMBER.</p><details><summary>More</summary>Hidden.</details><p>And on.</p>',
    'NUMBER.\n\nMore\nHidden.\n\nAnd on.',
  ],
  ['<p>NUMBER:</p><div class="alert alert-danger">Take care of NUMBER.</div>', 'NUMBER:\n\nTake care of NUMBER.'],
  ['<table><tr><th>A</th><th>NUMBER</th></tr></table>', 'A\tNUMBER'],
  ['<p>NUMBER of <b class="author">Ibsen</b>.</p>', 'NUMBER of Ibsen.'],
])('what every answer says in its prose stays: %s', async (html, text) => {
  const widget = observedWidget()
  for (const word of ['one', 'two']) await exchange(widget, `${word}?`, html.replaceAll('NUMBER', word))

  expect((await widget.transcripts()).flat().filter((line) => line.startsWith('assistant'))).toEqual(
    ['one', 'two'].map((word) => `assistant: ${text.replaceAll('NUMBER', word)}`),
  )
  expect((await widget.marks()).map(({ status }) => status)).toEqual(Array(4).fill('complete'))
})

test.each(['Seen', 'Read', 'Delivered', '✓✓', 'Sent'])(
  '“%s” under the last question alone is no text',
  async (state) => {
    const widget = observedWidget()
    let last: Element | null = null
    for (const word of ['one', 'two', 'three']) {
      last?.querySelector('small')?.remove()
      widget.type()
      last = widget.put('user', `<p>About ${word}?</p><small>${state}</small>`)
      await widget.wait(1_000)
    }

    expect(await widget.transcripts()).toEqual([['user: About one?', 'user: About two?', 'user: About three?']])
  },
)

test.each([
  '<button aria-label="停止生成"><svg></svg></button>',
  '<button title="إيقاف"><svg></svg></button>',
  '<button>Остановить</button>',
  '<button class="chat__btn--stop"></button>',
  '<button id="stopGenerating"></button>',
  '<div role="button"><i class="icon-stop-circle"></i></div>',
])('a click on %s stops an answer', async (html) => {
  const widget = observedWidget()
  await widget.ask('How?')
  const row = widget.put('tools', html)
  const answer = widget.put('bot', 'With')
  await widget.wait(300)
  answer.textContent = 'With npm, in'
  await widget.click(row.querySelector('i,svg') ?? (row.firstElementChild as Element))

  expect((await widget.marks())[1]).toMatchObject({ status: 'aborted' })
})

test.each(['Reintentar', 'Nochmal versuchen', '再生成', 'Réessayer', 'फिर से प्रयास करें', 'Tekrar dene'])(
  'a click on “%s” soon after the end asks for another answer, and the first stays whole',
  async (name) => {
    const widget = observedWidget()
    await widget.ask('How?')
    const first = widget.put('bot', 'With')
    await widget.wait(300)
    first.innerHTML = `With npm.<button aria-label="${name}"></button>`
    await widget.wait(100)
    await widget.click(first.querySelector('button') as Element)
    first.remove()
    await widget.wait(300)
    widget.put('bot', 'With yarn.')

    expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.', 'assistant: With yarn.']])
    const [, old, anew] = await widget.marks()
    expect(old).toMatchObject({ status: 'complete' })
    expect(anew?.replaces).toBeDefined()
  },
)

test('a later question that is edited replaces itself, and what stands before it stays', async () => {
  const widget = observedWidget()
  await exchange(widget, 'One?', 'About one.')
  const answer = await exchange(widget, 'Two?', 'About two.')
  widget.type()
  widget.list.querySelectorAll('.user')[1]?.remove()
  answer.remove()
  widget.put('user', 'Three, then?')
  await widget.wait(100)
  widget.put('bot', 'About three.')

  expect(await widget.transcripts()).toEqual([[...said, 'user: Three, then?', 'assistant: About three.']])
  expect((await widget.marks()).map(({ replaces }) => replaces !== undefined)).toEqual([
    ...[false, false, false, false],
    ...[true, false],
  ])
})

describe('a question that is edited where new ones are written, and stays where it is', () => {
  /** Two exchanges, and a menu of the first question outside the list, as many widgets have it. */
  async function widgetWithMenu(name = 'Edit message') {
    const widget = observedWidget()
    await exchange(widget, 'How one?', 'About one.')
    await exchange(widget, 'How two?', 'About two.')
    const menu = widget.document.createElement('div')
    menu.setAttribute('role', 'menuitem')
    menu.textContent = name
    widget.document.body.append(menu)
    const [first] = widget.list.querySelectorAll('.user')
    const edit = async (text: string) => {
      await widget.click(menu)
      widget.type()
      await widget.wait(1_000)
      if (first) first.textContent = text
      await widget.wait(3_000)
    }
    return { widget, menu, first: first as Element, edit }
  }
  const rest = ['assistant: About one.', 'user: How two?', 'assistant: About two.']

  test.each(['Edit message', 'Bearbeiten', '编辑', 'Editar mensaje'])('with the button “%s”', async (name) => {
    const { widget, edit } = await widgetWithMenu(name)
    await edit('How else?')

    expect(await widget.transcripts()).toEqual([['user: How one?', 'user: How else?', ...rest]])
    const [first, edited, ...others] = await widget.marks()
    expect([first, ...others].map((marks) => marks?.replaces)).toEqual(Array(4).fill(undefined))
    expect(edited?.replaces).toBe((await widget.messages())?.[0]?.id)
  })

  test('twice, and painted again after a reload', async () => {
    const { widget, edit } = await widgetWithMenu()
    await edit('How else?')
    await edit('How then?')
    await paintedAgain(widget, ['user: How then?', ...rest])
    await exchange(widget, 'How three?', 'About three.')

    expect(await widget.transcripts()).toEqual([
      ['user: How one?', 'user: How else?', 'user: How then?', ...rest, 'user: How three?', 'assistant: About three.'],
    ])
  })

  test('is no other question where the visitor only looks at the menu, and a label changes', async () => {
    const { widget, menu, first } = await widgetWithMenu()
    await widget.click(menu)
    first.innerHTML = 'How one?<small>Seen by Osier</small>'
    await widget.wait(3_000)
    await exchange(widget, 'How three?', 'About three.')

    expect(await widget.transcripts()).toEqual([
      ['user: How one?', ...rest, 'user: How three?', 'assistant: About three.'],
    ])
  })

  test('is none where the visitor gives the edit up and asks something new', async () => {
    const { widget, menu, first } = await widgetWithMenu()
    await widget.click(menu)
    await exchange(widget, 'How three?', 'About three.')
    widget.type()
    first.textContent = 'How one? ✓✓ Seen'
    await widget.wait(3_000)

    expect(await widget.transcripts()).toEqual([
      ['user: How one?', ...rest, 'user: How three?', 'assistant: About three.'],
    ])
  })
})

test('looking at the first of two answers, in the same element, says nothing', async () => {
  const widget = observedWidget()
  const pick = (n: number) => `<div><button>Previous</button><span>${n} / 2</span></div>`
  await widget.ask('How?')
  const answer = widget.put('bot', '<p>With npm, as most people do.</p><button>Retry</button>')
  await widget.wait(3_000)
  await widget.click(answer.querySelector('button') as Element)
  answer.innerHTML = `<p>With npm, as many people do.</p>${pick(2)}`
  await widget.wait(3_000)
  await widget.click(answer.querySelector('button') as Element)
  answer.innerHTML = `<p>With npm, as most people do.</p>${pick(1)}`

  expect(await widget.transcripts()).toEqual([
    ['user: How?', 'assistant: With npm, as most people do.', 'assistant: With npm, as many people do.'],
  ])
})

test('a row of thinking that stays above its answer is no message', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  widget.put('bot', 'Thinking…')
  await widget.wait(500)
  widget.put('bot', 'With npm.')
  await widget.wait(40_000)

  expect(await widget.transcripts()).toEqual([['user: How?', 'assistant: With npm.']])
})

test('a file alone is kept by its name', async () => {
  const widget = observedWidget()
  await widget.ask('The report?')
  widget.put('bot', '<a href="/files/Report%202026.pdf" download><svg></svg></a>')
  await widget.wait(3_000)

  expect(await widget.transcripts()).toEqual([['user: The report?', 'assistant: [file: Report 2026.pdf]']])
})

test('a bubble that is called failed is an error', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  widget.put('bot', '<div class="msg--failed"><span>No connection.</span></div>')

  expect((await widget.marks())[1]).toMatchObject({ status: 'error' })
})

test('bubbles of one group are messages, and the paragraphs of one bubble are one', async () => {
  const widget = observedWidget()
  await widget.ask('How?')
  const group = widget.put(
    'bot',
    '<b class="k-author">Bot</b><div class="k-bubble"><p>With npm.</p><p>Or yarn.</p></div>',
  )
  await widget.wait(3_000)
  group.insertAdjacentHTML('beforeend', '<div class="k-bubble">Anything else?</div>')
  await widget.wait(3_000)

  expect(await widget.transcripts()).toEqual([
    ['user: How?', 'assistant: With npm.\n\nOr yarn.', 'assistant: Anything else?'],
  ])
})
