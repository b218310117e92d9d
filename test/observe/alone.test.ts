import { expect, test } from 'vitest'
import { type ObservedWidget, observedWidget } from './observed-widget.ts'

type Put = (widget: ObservedWidget, text: string, side: 'user' | 'bot') => void

const said = ['user: How one?', 'assistant: About one.', 'user: How two?', 'assistant: About two.']

async function converse(widget: ObservedWidget, put: Put) {
  for (const word of ['one', 'two']) {
    widget.type()
    await widget.wait(500)
    put(widget, `How ${word}?`, 'user')
    await widget.wait(600)
    put(widget, `About ${word}.`, 'bot')
    await widget.wait(3_000)
  }
}

test.each<[string, Put]>([
  ['sides by class', ({ put }, text, side) => put(side === 'user' ? 'row row--r' : 'row row--l', `<div>${text}</div>`)],
  [
    'sides of bubbles in rows with avatars',
    ({ put }, text, side) =>
      put('row', `<i class="pic">x</i><div class="css-1a2b3c ${side === 'user' ? 'mine' : 'theirs'}">${text}</div>`),
  ],
  [
    'what is coming stands there with the question',
    (widget, text, side) => {
      widget.list.querySelector('.dots')?.remove()
      widget.put(`m m-${side === 'user' ? 'me' : 'you'}`, `<span>${text}</span>`)
      if (side === 'user') widget.put('m dots', '<span>Thinking…</span>')
    },
  ],
  [
    'sides by an attribute',
    ({ put }, text, side) => put('item', text).setAttribute('data-align', side === 'user' ? 'end' : 'start'),
  ],
  [
    'sides by style alone',
    ({ put }, text, side) =>
      put('', `<p style="text-align: ${side === 'user' ? 'right' : 'left'}"><span>${text}</span></p>`),
  ],
])('`data-observe` alone finds whose messages are whose: %s', async (_kind, put) => {
  const widget = observedWidget({
    tag: { observe: '#chat' },
    body: '<div id="out"><h2>Ask us</h2><div id="chat"></div><form><b>0 / 200</b></form></div>',
  })

  await converse(widget, put)

  expect(await widget.transcripts()).toEqual([said])
})

test('`data-observe` alone records nothing where nothing tells the sides apart, and one line says what to give', async () => {
  const widget = observedWidget({ tag: { observe: '#chat' } })

  await converse(widget, ({ put }, text) => put('row', text))
  await widget.wait(12_000)

  expect(await widget.transcripts()).toEqual([])
  expect(widget.lines().filter((line) => line.includes('data-user'))).toHaveLength(1)
})

test.each([
  ['user', '.u', '.nothing', 'data-assistant'],
  ['bot', '.nothing', '.a', 'data-user'],
])(
  'one line says which selector matches nothing where the other does: %s is found',
  async (_role, user, assistant, named) => {
    const widget = observedWidget({ tag: { observe: '#chat', user, assistant } })

    widget.type()
    widget.put('u', 'How?')
    await widget.wait(500)
    widget.put('a', 'With npm.')
    await widget.wait(15_000)

    expect(widget.lines().filter((line) => line.includes(named) && line.includes('.nothing'))).toHaveLength(1)
  },
)
