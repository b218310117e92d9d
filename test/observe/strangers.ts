import type { Said, Variant } from './variants.ts'

/** Says that the widget plays: questions and answers that differ in more than a word. */
const asked = ['How do I install it?', 'And on Windows?', 'Is it free?']
const told = ['Run the installer.', 'Use the setup file there.', 'Yes, for everybody.']

const exchangesOf = (count: number): Said[] =>
  asked.slice(0, count).flatMap((q, i) => [{ said: `user: ${q}` }, { said: `assistant: ${told[i]}` }])

/** One exchange after the other; TEXT, and N for how manieth it is, in the frames of both sides. */
const talk = (kind: string, user: string, bot: string, more: Partial<Variant> & { count?: number } = {}): Variant => {
  const { count = 2, ...rest } = more
  return {
    kind,
    user,
    bot,
    questions: asked.slice(0, count),
    answers: told.slice(0, count).map((text) => [text, text]),
    ...rest,
  }
}

/** A widget that plays a script of its own. */
const script = (kind: string, play: string, stored: (string | Said)[], more: Partial<Variant> = {}): Variant => ({
  kind,
  play,
  stored: stored.map((one) => (typeof one === 'string' ? { said: one } : one)),
  ...more,
})

const single = (
  kind: string,
  html: string,
  said: string,
  more: Partial<Variant> & { links?: string[] } = {},
): Variant => {
  const { links, ...rest } = more
  return script(
    kind,
    `await type('First question?'); put('u', 'First question?'); await wait(200); put('a', ${JSON.stringify(html)}); await wait(2600)`,
    ['user: First question?', { said: `assistant: ${said}`, ...(links && { links }) }],
    rest,
  )
}

const names: Variant[] = [
  talk(
    'a name alone, one exchange, in an element called name',
    '<div class="name">Jane</div><div>TEXT</div>',
    '<div class="name">Osier</div><div>TEXT</div>',
    { count: 1, names: ['Jane', 'Osier'] },
  ),
  talk(
    'a name and a time in one line of text',
    '<div class="m1">Jane, 10:2N</div><div>TEXT</div>',
    '<div class="m1">Osier, 10:2N</div><div>TEXT</div>',
  ),
  talk('a name as plain text before a block', 'Jane<div>TEXT</div>', 'Osier<div>TEXT</div>'),
  talk(
    'a name in the same line',
    '<span class="k1">Jane</span> <span class="k2">TEXT</span>',
    '<span class="k1">Osier</span> <span class="k2">TEXT</span>',
  ),
  talk('a name with a colon in bold before the words', '<b>Jane:</b> TEXT', '<b>Osier:</b> TEXT'),
  talk(
    'a cite behind',
    '<blockquote>TEXT</blockquote><cite>Jane</cite>',
    '<blockquote>TEXT</blockquote><cite>Osier</cite>',
  ),
  talk(
    'a caption of a figure',
    '<figure><div>TEXT</div><figcaption>Jane · 10:2N</figcaption></figure>',
    '<figure><div>TEXT</div><figcaption>Osier · 10:2N</figcaption></figure>',
  ),
  script(
    'a name on the first bubble of a row alone',
    `const say = (side, text) => { const last = list.lastElementChild; put(side, (last?.className === side ? '' : '<div class="q1">' + (side === 'u' ? 'Jane' : 'Osier') + '</div>') + '<div class="q2">' + text + '</div>') }
     await type('Hello there'); say('u', 'Hello there'); await wait(900); await type('Where is it?'); say('u', 'Where is it?'); await wait(400); say('a', 'On its way.'); await wait(2600); say('a', 'Anything else?'); await wait(2600)
     await type('No thanks'); say('u', 'No thanks'); await wait(400); say('a', 'Good bye then.'); await wait(2600)`,
    [
      'user: Hello there',
      'user: Where is it?',
      'assistant: On its way.',
      'assistant: Anything else?',
      'user: No thanks',
      'assistant: Good bye then.',
    ],
  ),
  script(
    'a colleague takes over',
    `const say = (who, text) => put('a', '<span class="zz">' + who + '</span><div>' + text + '</div>')
     await type('Hello there'); put('u', '<span class="zz">Jane</span><div>Hello there</div>'); await wait(400); say('Bot', 'I ask a colleague.'); await wait(2600); say('Bot', 'Here she is.'); await wait(2600)
     await type('Where is it?'); put('u', '<span class="zz">Jane</span><div>Where is it?</div>'); await wait(400); say('Anna', 'On its way.'); await wait(2600); say('Anna', 'Anything else?'); await wait(2600)`,
    [
      'user: Hello there',
      'assistant: I ask a colleague.',
      'assistant: Here she is.',
      'user: Where is it?',
      'assistant: On its way.',
      'assistant: Anything else?',
    ],
  ),
  talk(
    'initials in a circle of unknown name',
    '<div class="o4">JD</div><div class="o5">TEXT</div>',
    '<div class="o4">O</div><div class="o5">TEXT</div>',
  ),
  talk(
    'hidden text called assistive',
    '<span class="slds-assistive-text">You said:</span><p>TEXT</p>',
    '<span class="slds-assistive-text">Bot said:</span><p>TEXT</p>',
    { count: 1 },
  ),
  talk(
    'hidden text called off-screen',
    '<span class="u-offscreen">You said:</span><p>TEXT</p>',
    '<span class="is-off-screen">Bot said:</span><p>TEXT</p>',
    { count: 1 },
  ),
  talk(
    'hidden text called a11y',
    '<span class="a11y-hidden">You said:</span><p>TEXT</p>',
    '<span class="accessible-hide">Bot said:</span><p>TEXT</p>',
    { count: 1 },
  ),
  talk(
    'hidden by a rect with commas',
    '<span style="position:absolute;clip:rect(1px, 1px, 1px, 1px);">You said:</span><p>TEXT</p>',
    '<span style="position:absolute;clip:rect(0px,0px,0px,0px)">Bot said:</span><p>TEXT</p>',
    { count: 1 },
  ),
  talk(
    'hidden text in the sentence, one exchange',
    '<p><span class="visuallyhidden">You said: </span>TEXT</p>',
    '<p><span class="VisuallyHidden">Bot said: </span>TEXT</p>',
    { count: 1 },
  ),
  talk(
    'a presence beside the name',
    '<div class="author">Jane <span class="dot">online</span></div><div>TEXT</div>',
    '<div class="author">Osier <span class="badge">Bot</span></div><div>TEXT</div>',
    { names: ['Jane online', 'Osier Bot'] },
  ),
  talk(
    'a heading for screen readers at each answer',
    '<h5 class="x1">You said:</h5><div>TEXT</div>',
    '<h6 class="x1">ChatBot said:</h6><div>TEXT</div>',
  ),
]

const times: Variant[] = [
  talk(
    'the time inside the line of text',
    '<div class="tx">TEXT<span class="mt">10:2N</span></div>',
    '<div class="tx">TEXT<span class="mt">10:2N</span></div>',
  ),
  talk(
    'the time and ticks inside the line of text, one exchange',
    '<div class="tx">TEXT<span class="mt">10:2N <i>✓✓</i></span></div>',
    '<div class="tx">TEXT<span class="mt">10:2N</span></div>',
    { count: 1 },
  ),
  talk(
    'the day and the time in words',
    '<div>TEXT</div><div class="w9">Monday, 30 November at 10:2N</div>',
    '<div>TEXT</div><div class="w9">Monday, 30 November at 10:2N</div>',
  ),
  script(
    'how long ago, and it grows',
    `const all = []; let minutes = 0; const tick = () => { minutes++; for (const one of all) one.querySelector('.ago').textContent = minutes + ' min. ago' }
     for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); all.push(put('u', '<div>' + q + '</div><div class="ago">just now</div>')); await wait(300); all.push(put('a', '<div>' + answers[i] + '</div><div class="ago">just now</div>')); await wait(2600); tick(); await wait(1000) }`,
    exchangesOf(2).map(({ said }) => said),
    { questions: asked, answers: told.map((text) => [text, text]) },
  ),
  script(
    'a separator of days stands in the first message of a day',
    `await type(questions[0]); put('u', '<div class="day">Today</div><div class="b">' + questions[0] + '</div>'); await wait(300); put('a', '<div class="b">' + answers[0] + '</div>'); await wait(2600)
     await type(questions[1]); put('u', '<div class="b">' + questions[1] + '</div>'); await wait(300); put('a', '<div class="b">' + answers[1] + '</div>'); await wait(2600)`,
    exchangesOf(2).map(({ said }) => said),
    { questions: asked, answers: told.map((text) => [text, text]) },
  ),
  script(
    'a separator by its role stands in an answer',
    `await type(questions[0]); put('u', questions[0]); await wait(300); put('a', '<div role="separator">Monday 30 November</div><div class="b">' + answers[0] + '</div>'); await wait(2600)`,
    exchangesOf(1).map(({ said }) => said),
    { questions: asked, answers: told.map((text) => [text, text]) },
  ),
]

const moving: Variant[] = [
  script(
    'a state with a time that moves on',
    `let last; for (const q of questions) { await type(q); last?.querySelector('.l').remove(); last = put('u', '<p>' + q + '</p><div class="l">Sending…</div>'); await wait(400); last.querySelector('.l').textContent = 'Sent 10:21'; await wait(700); last.querySelector('.l').textContent = 'Read 10:22'; await wait(900) }
     put('a', '<p>Welcome.</p>'); await wait(2600)`,
    [...asked.map((q) => `user: ${q}`), 'assistant: Welcome.'],
    { questions: asked },
  ),
  script(
    'a state before the text',
    `let last; for (const q of questions) { await type(q); last?.querySelector('.l').remove(); last = put('u', '<span class="l">Queued</span><p>' + q + '</p>'); await wait(900) }
     put('a', '<p>Welcome.</p>'); await wait(2600)`,
    [...asked.map((q) => `user: ${q}`), 'assistant: Welcome.'],
    { questions: asked },
  ),
  script(
    'a state inside the paragraph',
    `let last; for (const q of questions) { await type(q); last?.querySelector('.l')?.remove(); last = put('u', '<p>' + q + ' <span class="l">Delivered</span></p>'); await wait(900) }
     put('a', '<p>Welcome.</p>'); await wait(2600)`,
    [...asked.map((q) => `user: ${q}`), 'assistant: Welcome.'],
    { questions: asked },
  ),
  script(
    'a row of “Seen by Anna” moves with all rows painted anew',
    `const rows = []; const show = () => { const last = rows.findLast((r) => r.c === 'u'); list.innerHTML = rows.map((r) => '<div class="' + r.c + '"><div class="t">' + r.t + '</div>' + (r === last ? '<div class="s"><img alt="" src="x">Seen by Anna</div>' : '') + '</div>').join('') }
     for (const [i, q] of questions.entries()) { await type(q); rows.push({ c: 'u', t: q }); show(); await wait(500); rows.push({ c: 'a', t: answers[i] }); show(); await wait(2600) }`,
    exchangesOf(3).map(({ said }) => said),
    { questions: asked, answers: told.map((text) => [text, text]) },
  ),
  script(
    'the newest answer alone has a footer of unknown name',
    `const rows = []; const show = () => { list.innerHTML = rows.map((r, i) => '<div class="' + r.c + '"><div class="t">' + r.t + '</div>' + (r.c === 'a' && i === rows.length - 1 ? '<div class="zq7">AI-generated, may be wrong</div>' : '') + '</div>').join('') }
     for (const [i, q] of questions.entries()) { await type(q); rows.push({ c: 'u', t: q }); show(); await wait(500); rows.push({ c: 'a', t: answers[i] }); show(); await wait(2600) }
     await type('Thanks'); rows.push({ c: 'u', t: 'Thanks' }); show(); await wait(1000)`,
    [...exchangesOf(3).map(({ said }) => said), 'user: Thanks'],
    { questions: asked, answers: told.map((text) => [text, text]) },
  ),
  script(
    'a question that failed to be sent is sent again',
    `await type(questions[0]); const u = put('u', '<p>' + questions[0] + '</p><div class="st">Not sent. Tap to retry</div>'); await wait(3000); press(u.querySelector('.st')); u.querySelector('.st').textContent = 'Sending'; await wait(500); u.querySelector('.st').textContent = 'Sent'; await wait(300); put('a', answers[0]); await wait(2600)
     await type(questions[1]); put('u', '<p>' + questions[1] + '</p><div class="st">Sent</div>'); await wait(300); put('a', answers[1]); await wait(2600)`,
    exchangesOf(2).map(({ said }) => said),
    { questions: asked, answers: told.map((text) => [text, text]) },
  ),
]

const twice = { questions: asked, answers: told.map((text): [string, string] => [text, text]) }
const plain = (count: number) => exchangesOf(count).map(({ said }) => said)

const upsideDown: Variant[] = [
  script(
    'each exchange put on top as a pair',
    `for (const [i, q] of questions.entries()) { await type(q); const u = document.createElement('div'); u.className = 'u'; u.textContent = q; const a = document.createElement('div'); a.className = 'a'; a.innerHTML = '<i class="dots"></i>'; list.prepend(u, a); await wait(400); a.innerHTML = answers[i]; await wait(2600) }`,
    plain(3),
    twice,
  ),
  script(
    'newest on top below a greeting that stays on top',
    `const hi = document.createElement('div'); hi.className = 'a'; hi.textContent = 'Hello, ask me anything.'; list.append(hi); await wait(1000)
     for (const [i, q] of questions.entries()) { await type(q); const e = document.createElement('div'); e.innerHTML = '<div class="u">' + q + '</div>'; hi.after(e); await wait(300); const a = document.createElement('div'); a.className = 'a'; e.append(a); a.textContent = answers[i]; await wait(2600) }`,
    ['assistant: Hello, ask me anything.', ...plain(3)],
    twice,
  ),
  script(
    'newest on top, and an older exchange is folded to its question',
    `for (const [i, q] of questions.entries()) { await type(q); for (const old of list.querySelectorAll('.a')) old.remove(); const e = document.createElement('details'); e.open = true; e.innerHTML = '<summary><span class="u">' + q + '</span></summary><div class="a">…</div>'; list.prepend(e); await wait(300); e.lastChild.textContent = answers[i]; await wait(2600) }`,
    plain(3),
    twice,
  ),
  script(
    'rows of a pool that are placed by their style',
    `const said = []; const show = () => { list.innerHTML = ''; const order = said.map((_, i) => i).sort((a, b) => (a * 7) % 5 - (b * 7) % 5); for (const i of order) { const e = document.createElement('div'); e.className = said[i][0]; e.style.cssText = 'position:absolute;transform:translateY(' + i * 80 + 'px)'; e.textContent = said[i][1]; list.append(e) } }
     for (const [i, q] of questions.entries()) { await type(q); said.push(['u', q]); show(); await wait(300); said.push(['a', answers[i]]); show(); await wait(2600) }`,
    plain(3),
    twice,
  ),
  script(
    'rows of a recycled pool that are placed by top',
    `const pool = [0, 1, 2, 3].map(() => { const e = document.createElement('div'); e.style.position = 'absolute'; list.append(e); return e }); const said = []
     const show = () => { const first = Math.max(0, said.length - 4); for (let i = first; i < said.length; i++) { const e = pool[(i * 3) % 4]; e.className = said[i][0]; e.style.top = i * 60 + 'px'; if (e.textContent !== said[i][1]) e.textContent = said[i][1] } }
     for (const [i, q] of questions.entries()) { await type(q); said.push(['u', q]); show(); await wait(300); said.push(['a', answers[i]]); show(); await wait(2600) }`,
    plain(3),
    twice,
  ),
]

const streams: Variant[] = [
  script(
    'the row is another element with each word',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); let e; for (const n of [1, 2, 3, 4]) { e?.remove(); e = put('a', answers[i].split(' ').slice(0, n).join(' ')); await wait(300) } await wait(2600) }`,
    [
      'user: How do I install it?',
      'assistant: Run the installer.',
      'user: And on Windows?',
      'assistant: Use the setup file',
    ],
    {
      questions: asked,
      answers: [
        ['Run the installer.', ''],
        ['Use the setup file', ''],
      ],
    },
  ),
  script(
    'shown as it comes in another place, and moved to the list at its end',
    `const stage = document.querySelector('#stage'); for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); stage.innerHTML = '<div class="a"></div>'; for (const n of [1, 2, 3, 9]) { stage.firstChild.textContent = answers[i].split(' ').slice(0, n).join(' '); await wait(300) } stage.innerHTML = ''; put('a', answers[i]); await wait(2600) }`,
    plain(2),
    { ...twice, html: '<div id="w"><div id="list"></div><div id="stage"></div></div>', tag: { observe: '#w' } },
  ),
  script(
    'each word fades in as an element, and all become one text',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); const e = put('a', '<p></p>'); for (const w of answers[i].split(' ')) { const s = document.createElement('span'); s.className = 'fade'; s.textContent = (e.textContent ? ' ' : '') + w; e.firstChild.append(s); await wait(150) } e.innerHTML = '<p>' + answers[i] + '</p>'; await wait(2600) }`,
    plain(2),
    twice,
  ),
  script(
    'a skeleton first, then whole paragraphs',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); const e = put('a', '<div class="skeleton"><div></div><div></div></div>'); await wait(800); e.innerHTML = '<p>' + answers[i] + '</p>'; await wait(600); e.innerHTML += '<p>That is all.</p>'; await wait(2600) }`,
    [
      'user: How do I install it?',
      'assistant: Run the installer.\n\nThat is all.',
      'user: And on Windows?',
      'assistant: Use the setup file there.\n\nThat is all.',
    ],
    twice,
  ),
  script(
    'steps of an agent come and go above the answer',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); const e = put('a', '<div class="st1"><div>Searching the docs</div></div>'); await wait(700); e.firstChild.innerHTML += '<div>Reading 3 pages</div>'; await wait(700); e.innerHTML = '<div class="st1"><button aria-expanded="false">2 steps</button></div><div>' + answers[i] + '</div>'; await wait(2600) }`,
    plain(2),
    twice,
  ),
  script(
    'a row counts the seconds while it thinks',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); const e = put('a', '<em>Thinking (1s)</em>'); await wait(1000); e.innerHTML = '<em>Thinking (2s)</em>'; await wait(1000); e.innerHTML = '<em>Thinking (3s)</em>'; await wait(900); e.innerHTML = answers[i]; await wait(2600) }`,
    plain(2),
    twice,
  ),
  script(
    'a row of its own thinks for long, and goes',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); const e = put('a', '<span>Looking that up for you</span><span class="dots"><i></i><i></i></span>'); await wait(4000); e.remove(); put('a', answers[i]); await wait(2600) }`,
    plain(2),
    twice,
  ),
  script(
    'the row of dots is always there, and hidden by its style',
    `const dots = document.createElement('div'); dots.className = 'a dots'; dots.innerHTML = '<span>Osier is typing</span>'; dots.style.display = 'none'; list.append(dots)
     for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); const u = document.createElement('div'); u.className = 'u'; u.textContent = q; dots.before(u); dots.style.display = ''; await wait(800); const a = document.createElement('div'); a.className = 'a'; a.textContent = answers[i]; dots.style.display = 'none'; dots.before(a); await wait(2600) }`,
    plain(2),
    twice,
  ),
  script(
    'a row of dots that a class hides',
    `const dots = document.createElement('div'); dots.className = 'a dots off'; dots.innerHTML = '<span>Ecrit</span>'; list.append(dots)
     for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); const u = document.createElement('div'); u.className = 'u'; u.textContent = q; dots.before(u); dots.className = 'a dots'; await wait(800); const a = document.createElement('div'); a.className = 'a'; a.textContent = answers[i]; dots.className = 'a dots off'; dots.before(a); await wait(2600) }`,
    plain(2),
    { ...twice, css: '.off { display: none }' },
  ),
]

const lists: Variant[] = [
  script(
    'the list is made anew whenever the panel opens',
    `const w = document.querySelector('#w'); const said = []; const open = () => { w.innerHTML = '<div class="l"><div class="a">Hello, ask me.</div>' + said.map(([c, t]) => '<div class="' + c + '">' + t + '</div>').join('') + '</div>' }
     open(); await wait(500); for (const [i, q] of questions.entries()) { await type(q); said.push(['u', q]); open(); await wait(300); said.push(['a', answers[i]]); open(); await wait(2600); w.innerHTML = ''; await wait(1500); open(); await wait(1500) }`,
    ['assistant: Hello, ask me.', ...plain(3)],
    { ...twice, html: '<div id="w"></div>', tag: { observe: '#w' } },
  ),
  script(
    'the panel closes while an answer comes, and shows all of it later',
    `const w = document.querySelector('#w'); const said = []; const open = () => { w.innerHTML = '<div class="l">' + said.map(([c, t]) => '<div class="' + c + '">' + t + '</div>').join('') + '</div>' }
     await type(questions[0]); said.push(['u', questions[0]]); open(); await wait(300); said.push(['a', 'Run the']); open(); await wait(300); w.innerHTML = ''; await wait(900); said[1][1] = answers[0]; open(); await wait(2600); await type(questions[1]); said.push(['u', questions[1]]); open(); await wait(300); said.push(['a', answers[1]]); open(); await wait(2600)`,
    plain(2),
    { ...twice, html: '<div id="w"></div>', tag: { observe: '#w' } },
  ),
  script(
    'history comes after the first question was asked',
    `const row = (c, t) => { const e = document.createElement('div'); e.className = c; e.textContent = t; return e }
     await type(questions[2]); put('u', questions[2]); await wait(300); put('a', answers[2]); await wait(700); list.prepend(row('u', questions[0]), row('a', answers[0]), row('u', questions[1]), row('a', answers[1])); await wait(2600)`,
    plain(3),
    twice,
  ),
  script(
    'older history comes by the page when the visitor scrolls up',
    `const row = (c, t) => { const e = document.createElement('div'); e.className = c; e.textContent = t; return e }
     list.append(row('u', questions[2]), row('a', answers[2])); await wait(1000); list.prepend(row('u', questions[1]), row('a', answers[1])); await wait(500); list.prepend(row('u', questions[0]), row('a', answers[0])); await wait(1000); await type('Thanks'); put('u', 'Thanks'); await wait(300); put('a', 'Welcome.'); await wait(2600)`,
    [...plain(3), 'user: Thanks', 'assistant: Welcome.'],
    twice,
  ),
  script(
    'a window of three rows moves up and down again',
    `const said = []; const show = (from) => { list.innerHTML = said.slice(from, from + 3).map(([c, t]) => '<div class="' + c + '">' + t + '</div>').join('') }
     for (const [i, q] of questions.entries()) { await type(q); said.push(['u', q]); show(Math.max(0, said.length - 3)); await wait(300); said.push(['a', answers[i]]); show(Math.max(0, said.length - 3)); await wait(2600) }
     for (const from of [2, 1, 0, 1, 2, 3]) { show(from); await wait(300) } await wait(2600)`,
    plain(3),
    twice,
  ),
  script(
    'the same question twice, with the same answer',
    `for (const n of [1, 2]) { await type('Is it free?'); put('u', 'Is it free?'); await wait(300); put('a', 'Yes.'); await wait(2600) }`,
    ['user: Is it free?', 'assistant: Yes.', 'user: Is it free?', 'assistant: Yes.'],
  ),
  script(
    'signs alone are said',
    `await type('👍'); put('u', '👍'); await wait(300); put('a', '<p>🎉</p>'); await wait(2600); await type('?'); put('u', '?'); await wait(300); put('a', '42'); await wait(2600)`,
    ['user: 👍', 'assistant: 🎉', 'user: ?', 'assistant: 42'],
  ),
  script(
    'a chip is clicked and becomes the question; the chips go',
    `put('a', '<div>How can I help?</div><div class="x-opts"><div class="x-opt">Prices</div><div class="x-opt">Support</div></div>'); await wait(2600); press(list.querySelector('.x-opt')); list.querySelector('.x-opts').remove(); put('u', 'Prices'); await wait(300); put('a', '<div>It is free.</div><div class="x-opts"><div class="x-opt">Really?</div></div>'); await wait(2600); press(list.querySelector('.x-opt')); list.querySelector('.x-opts').remove(); put('u', 'Really?'); await wait(300); put('a', '<div>Really.</div>'); await wait(2600)`,
    ['assistant: How can I help?', 'user: Prices', 'assistant: It is free.', 'user: Really?', 'assistant: Really.'],
  ),
  script(
    'words that a label may say are said',
    `for (const [q, a] of [['Seen', 'Delivered'], ['10:20', 'Today'], ['2 / 2', 'Sent']]) { await type(q); put('u', '<div class="name">Jane</div><div>' + q + '</div>'); await wait(300); put('a', '<div class="name">Osier</div><div>' + a + '</div>'); await wait(2600) }`,
    ['user: Seen', 'assistant: Delivered', 'user: 10:20', 'assistant: Today', 'user: 2 / 2', 'assistant: Sent'].map(
      (said) => ({ said, name: said.startsWith('user') ? 'Jane' : 'Osier' }),
    ),
  ),
]

const turns: Variant[] = [
  script(
    'an edited question that begins as the old one did',
    `await type('How do I install it?'); const u = put('u', '<p>How do I install it</p><button>Edit</button>'); await wait(200); put('a', '<p>Run the installer.</p>'); await wait(2600)
     press(u.querySelector('button')); u.innerHTML = '<textarea>How do I install it</textarea><button>Save</button>'; await wait(1000); await type('x'); u.innerHTML = '<p>How do I install it on Windows</p><button>Edit</button>'; list.lastChild.remove(); await wait(400); put('a', '<p>Use the setup file.</p>'); await wait(2600)`,
    [
      'user: How do I install it',
      'assistant: Run the installer.',
      { said: 'user: How do I install it on Windows', replaces: 'How do I install it' },
      'assistant: Use the setup file.',
    ],
  ),
  script(
    'the first of three questions is edited, the rest goes',
    `for (const [i, q] of questions.entries()) { await type(q); put('u', '<p>' + q + '</p>'); await wait(300); put('a', '<p>' + answers[i] + '</p>'); await wait(2600) }
     await type('Another?'); list.innerHTML = ''; put('u', '<p>Something else?</p>'); await wait(300); put('a', '<p>Something else, yes.</p>'); await wait(2600)`,
    [...plain(3), 'user: Something else?', 'assistant: Something else, yes.'],
    twice,
  ),
  script(
    'another answer is shown below the first, which stays',
    `await type('First question?'); put('u', 'First question?'); await wait(300); put('a', '<p>The first try.</p><button aria-label="Try again"></button>'); await wait(2600); press(list.querySelector('button')); await wait(300); put('a', '<p>A second attempt.</p>'); await wait(2600)`,
    ['user: First question?', 'assistant: The first try.', 'assistant: A second attempt.'],
  ),
  script(
    'a retry shows dots in the same element first',
    `await type('First question?'); put('u', 'First question?'); await wait(300); const a = put('a', '<p>The first try.</p><button aria-label="Try again"></button>'); await wait(2600); press(list.querySelector('button')); a.innerHTML = '<i class="dots"></i>'; await wait(900); a.innerHTML = '<p>A second attempt.</p><button aria-label="Try again"></button>'; await wait(2600)`,
    [
      'user: First question?',
      'assistant: The first try.',
      { said: 'assistant: A second attempt.', replaces: 'The first try.' },
    ],
  ),
  script(
    'a retry of a failed answer',
    `await type('First question?'); put('u', 'First question?'); await wait(300); const a = put('a', '<div class="is-error">Something broke.</div><button>Try again</button>'); await wait(2600); press(a.querySelector('button')); a.remove(); await wait(300); put('a', 'A good answer.'); await wait(2600)`,
    [
      'user: First question?',
      { said: 'assistant: Something broke.', status: 'error' },
      { said: 'assistant: A good answer.', replaces: 'Something broke.' },
    ],
  ),
  script(
    'the button that sends becomes the one that stops',
    `const b = document.querySelector('#send'); await type('First question?'); press(b); put('u', 'First question?'); b.setAttribute('aria-label', 'Stop streaming'); await wait(300); const a = put('a', 'An answer'); await wait(300); a.textContent = 'An answer that'; await wait(300); press(b); b.setAttribute('aria-label', 'Send'); await wait(2600)
     await type('Second question?'); press(b); put('u', 'Second question?'); b.setAttribute('aria-label', 'Stop streaming'); await wait(300); put('a', 'A whole answer.'); b.setAttribute('aria-label', 'Send'); await wait(2600)`,
    [
      'user: First question?',
      { said: 'assistant: An answer that', status: 'aborted' },
      'user: Second question?',
      'assistant: A whole answer.',
    ],
    { html: '<button id="send" aria-label="Send"><svg></svg></button>' },
  ),
  script(
    'stopped before a word has come',
    `const b = document.querySelector('#stop'); await type('First question?'); put('u', 'First question?'); await wait(300); const a = put('a', '<i class="dots"></i>'); await wait(500); press(b); a.remove(); await wait(1000); await type('Second question?'); put('u', 'Second question?'); await wait(300); put('a', 'A whole answer.'); await wait(2600)`,
    ['user: First question?', 'user: Second question?', 'assistant: A whole answer.'],
    { html: '<button id="stop">Stop</button>' },
  ),
  script(
    'a stopped answer bears a note that it was stopped',
    `const b = document.querySelector('#stop'); await type('First question?'); put('u', 'First question?'); await wait(300); const a = put('a', '<p>An answer that</p>'); await wait(500); press(b); a.innerHTML += '<div class="note">You stopped this answer</div>'; await wait(2600)`,
    ['user: First question?', { said: 'assistant: An answer that', status: 'aborted' }],
    { html: '<button id="stop">Stop</button>' },
  ),
]

const failures: Variant[] = [
  ...[
    ['<div class="msg-err">Could not reach the server.</div>', 'Could not reach the server.'],
    ['<div data-state="failed">Could not reach the server.</div>', 'Could not reach the server.'],
    ['<div aria-live="assertive">Could not reach the server.</div>', 'Could not reach the server.'],
    ['<div class="bg-red-50 text-red-700">Could not reach the server.</div>', 'Could not reach the server.'],
    ['<div class="isFailed"><p>Could not reach the server.</p></div>', 'Could not reach the server.'],
    [
      '<div class="callout callout--danger"><strong>Oh no</strong><p>The server is down.</p></div>',
      'Oh no\n\nThe server is down.',
    ],
    ['<x-alert type="error">The server is down.</x-alert>', 'The server is down.'],
    ['<div severity="error">The server is down.</div>', 'The server is down.'],
    ['<div class="MuiAlert-root MuiAlert-standardError">The server is down.</div>', 'The server is down.'],
    ['<div data-error="true">The server is down.</div>', 'The server is down.'],
  ].map(
    ([html, said]): Variant =>
      script(
        `failure: ${html}`,
        `await type('First question?'); put('u', 'First question?'); await wait(200); put('a', ${JSON.stringify(html)}); await wait(2600)`,
        ['user: First question?', { said: `assistant: ${said}`, status: 'error' }],
      ),
  ),
  script(
    'no failure: an answer about errors with a tip',
    `await type('First question?'); put('u', 'First question?'); await wait(200); put('a', '<p>Look at the log.</p><div class="admonition danger"><p>Never delete it.</p></div><p class="error-code">E42 means that it is full.</p><p>That is all.</p>'); await wait(2600)`,
    [
      'user: First question?',
      'assistant: Look at the log.\n\nNever delete it.\n\nE42 means that it is full.\n\nThat is all.',
    ],
  ),
]

const gif = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
const contents: Variant[] = [
  single(
    'code: the file name and three buttons above',
    '<p>Run this:</p><div class="cb"><div class="top"><span>install.sh</span><div><button>Wrap</button><button>Copy</button><button>Run</button></div></div><pre><code>npm i</code></pre></div>',
    'Run this:\n\nnpm i',
  ),
  single(
    'code: a bar below it',
    '<p>Run this:</p><div class="cb"><pre><code>npm i</code></pre><div class="bot"><span>Copy code</span></div></div><p>Done.</p>',
    'Run this:\n\nnpm i\n\nDone.',
  ),
  single(
    'code: a caption as its header',
    '<p>Run this:</p><figure><figcaption>bash</figcaption><pre data-language="bash"><code>npm i</code></pre></figure>',
    'Run this:\n\nnpm i',
  ),
  single(
    'code: a gutter of numbers beside it',
    '<p>Run this:</p><div class="hl"><pre class="gutter">1\n2</pre><pre class="src"><code>one()\ntwo()</code></pre></div>',
    'Run this:\n\none()\ntwo()',
  ),
  single(
    'code: a table with numbers in one cell',
    '<p>Run this:</p><table><tr><td class="linenos"><pre>1\n2</pre></td><td class="code"><pre>one()\ntwo()</pre></td></tr></table>',
    'Run this:\n\none()\ntwo()',
  ),
  single('code: breaks between lines', '<pre>one()<br>two()</pre>', 'one()\ntwo()'),
  single(
    'code: a language in the block without a button',
    '<p>Run this:</p><pre><span class="lang">bash</span><code class="language-bash">npm i</code></pre>',
    'Run this:\n\nnpm i',
  ),
  single(
    'code: the copy button says that it has copied',
    '<p>Run this:</p><div class="cb"><div class="h"><span>js</span><span class="ok">Copied!</span></div><pre><code>npm i</code></pre></div>',
    'Run this:\n\nnpm i',
  ),
  single(
    'code: the language and the button as links',
    '<p>Run this:</p><div class="cb"><div class="h"><a href="#">shell</a><a href="#" class="copy-btn">Copy</a></div><pre><code>npm i</code></pre></div>',
    'Run this:\n\nnpm i',
    { links: [] },
  ),
  single(
    'code: without a pre, a class says so',
    '<p>Run this:</p><div class="code-block"><div class="code-header"><span>bash</span><button>Copy</button></div><code style="white-space: pre; display: block">one()\ntwo()</code></div>',
    'Run this:\n\none()\ntwo()',
  ),
  single(
    'a formula',
    '<p>It is <span class="katex"><span class="katex-mathml"><math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">x^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">x2</span></span>.</p>',
    'It is x2.',
  ),
  single(
    'a citation with a card that shows on hover',
    '<p>It is free<span class="cite"><a href="https://docs.example.com/p">1</a><span role="tooltip">Prices of Osier</span></span>.</p>',
    'It is free1.',
  ),
  single(
    'citations as buttons in the sentence',
    '<p>It is free <button class="cite">1</button> and open <button class="cite">12</button>.</p>',
    'It is free and open .',
  ),
  single(
    'a link whose label warns of a new tab',
    '<p>See <a href="https://docs.example.com/s">the guide<svg aria-hidden="true"></svg><span class="sr-only"> (opens in a new tab)</span></a>.</p>',
    'See the guide.',
    { links: ['the guide'] },
  ),
  single(
    'a link that is a picture',
    `<p>See this:</p><a href="https://docs.example.com/s"><img alt="Floor plan" src="${gif}"></a>`,
    'See this:',
    { links: ['Floor plan'] },
  ),
  single(
    'a link without text that is named for screen readers',
    '<p>See this.</p><p><a href="https://docs.example.com/s" aria-label="The guide"><svg></svg></a></p>',
    'See this.',
    { links: ['The guide'] },
  ),
  single(
    'a link of several lines',
    '<div>See:</div><a href="https://docs.example.com/s" class="card"><b>The guide</b><br>How to begin</a>',
    'See:\nThe guide\nHow to begin',
    { links: ['The guide How to begin'] },
  ),
  single(
    'a picture with sources',
    `<picture><source srcset="x.webp"><img src="${gif}" alt="Floor plan"></picture>`,
    '[image: Floor plan]',
  ),
  single('a picture with a title alone', `<img src="${gif}" title="Floor plan">`, '[image: Floor plan]'),
  single(
    'a picture beside a button that saves it',
    `<div class="pic"><img src="https://docs.example.com/plan%20b.png"><a href="https://docs.example.com/plan%20b.png" download><svg></svg></a></div>`,
    '[image: plan b.png]\n[file: plan b.png]',
  ),
  single(
    'a voice message',
    '<audio controls><source src="https://docs.example.com/hello.mp3"></audio><span class="len">0:07</span>',
    '[audio: hello.mp3]',
  ),
  single(
    'a document in the page',
    '<object data="https://docs.example.com/report.pdf" type="application/pdf"></object>',
    '[file: report.pdf]',
  ),
  single(
    'a rating in words of one answer',
    '<div>It is free.</div><div class="zz">Was this helpful? <button>Yes</button><button>No</button></div>',
    'It is free.',
  ),
  single(
    'a rating in words as a paragraph',
    '<p>It is free.</p><p>Was this answer helpful? <button>👍</button><button>👎</button></p>',
    'It is free.',
  ),
  single(
    'a rating in German',
    '<p>It is free.</p><div class="r1"><span>War das hilfreich?</span><a role="button">Ja</a><a role="button">Nein</a></div>',
    'It is free.',
  ),
  script(
    'a rating that thanks',
    `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(300); const a = put('a', '<div>' + answers[i] + '</div><div class="zz"><span>Helpful?</span><button>Yes</button><button>No</button></div>'); await wait(2600); press(a.querySelector('button')); a.querySelector('.zz').innerHTML = '<span>Thanks for your feedback!</span>'; await wait(2600) }`,
    plain(2),
    twice,
  ),
  single(
    'chips below it that are items of a list',
    '<p>It is free.</p><ul class="suggested-questions"><li>Is it open source?</li><li>Who made it?</li></ul>',
    'It is free.',
  ),
  single(
    'chips below a heading',
    '<p>It is free.</p><div class="related"><h4>Related questions</h4><button>Is it open?</button><button>Who made it?</button></div>',
    'It is free.',
  ),
  single(
    'sources by number',
    '<p>It is free [1].</p><div class="s1"><div>Sources</div><ol><li><a href="https://docs.example.com/p">Prices</a></li></ol></div>',
    'It is free [1].',
    { links: ['Prices'] },
  ),
  single(
    'sources as chips in one line',
    '<p>It is free.</p><div class="s2"><a href="https://docs.example.com/p">docs.example.com</a><a href="https://docs.example.com/q">example.com</a></div>',
    'It is free.',
    { links: ['docs.example.com', 'example.com'] },
  ),
  single('how long it took', '<p>It is free.</p><div class="usage">1.2 s · 320 tokens</div>', 'It is free.'),
  single('a model beside it', '<div class="model-name">gpt-5</div><p>It is free.</p>', 'It is free.'),
  single(
    'a task list',
    '<ul><li><input type="checkbox" checked disabled> Install</li><li><input type="checkbox" disabled> Start</li></ul>',
    'Install\nStart',
  ),
  single(
    'an abbreviation and marks',
    '<p>The <abbr title="application programming interface">API</abbr> takes <kbd>Ctrl</kbd>+<kbd>C</kbd> and <mark>more</mark>.</p>',
    'The API takes Ctrl+C and more.',
  ),
  single(
    'numbers and nested lists',
    '<ol><li><p>One</p></li><li><p>Two</p><pre><code>npm i</code></pre></li></ol>',
    'One\n\nTwo\n\nnpm i',
  ),
]

const groups: Variant[] = [
  script(
    'bubbles of unknown name in a group',
    `const add = (cls, text) => { let g = list.lastElementChild; if (g?.className !== cls) g = put(cls, ''); const b = document.createElement('div'); b.className = 'k7'; b.textContent = text; g.append(b) }
     await type('Hello there'); add('u', 'Hello there'); await wait(1500); await type('Where is my order?'); add('u', 'Where is my order?'); await wait(400); add('a', 'On its way.'); await wait(2600); await type('Thanks a lot'); add('u', 'Thanks a lot'); await wait(400); add('a', 'Welcome.'); await wait(2600)`,
    [
      'user: Hello there',
      'user: Where is my order?',
      'assistant: On its way.',
      'user: Thanks a lot',
      'assistant: Welcome.',
    ],
  ),
  script(
    'bubbles of unknown name with a picture before and a time behind',
    `const add = (cls, text) => { let g = list.lastElementChild; if (g?.className !== cls) g = put(cls, '<span class="avatar">J</span><div class="stack"></div><small class="w2">10:20</small>'); const b = document.createElement('div'); b.className = 'k7'; b.innerHTML = '<span>' + text + '</span>'; g.querySelector('.stack').append(b) }
     await type('Hello there'); add('u', 'Hello there'); await wait(1500); await type('Where is my order?'); add('u', 'Where is my order?'); await wait(400); add('a', 'On its way.'); await wait(2600); add('a', 'Anything else?'); await wait(2600); await type('Thanks a lot'); add('u', 'Thanks a lot'); await wait(400); add('a', 'Welcome.'); await wait(2600)`,
    [
      'user: Hello there',
      'user: Where is my order?',
      'assistant: On its way.',
      'assistant: Anything else?',
      'user: Thanks a lot',
      'assistant: Welcome.',
    ],
  ),
]

const alone = { tag: { observe: '#list', user: '', assistant: '' } }
const aloneTalk = (kind: string, user: string, bot: string, more: Partial<Variant> = {}): Variant =>
  script(
    `alone: ${kind}`,
    `const say = (html, text) => { const t = document.createElement('div'); t.innerHTML = html.replace('TEXT', text); const e = t.firstElementChild; list.append(e); return e }
     for (const [i, q] of questions.entries()) { await type(q); say(user, q); await wait(500); say(bot, answers[i]); await wait(2600) }`,
    plain(3),
    { ...twice, ...alone, user, bot, ...more },
  )

const alones: Variant[] = [
  aloneTalk('question and answer', '<div class="question">TEXT</div>', '<div class="answer">TEXT</div>'),
  aloneTalk('sent and received', '<div class="msg sent">TEXT</div>', '<div class="msg received">TEXT</div>'),
  aloneTalk('right and left', '<div class="bubble right">TEXT</div>', '<div class="bubble left">TEXT</div>'),
  aloneTalk('hashed classes that differ', '<div class="css-1a2b3c">TEXT</div>', '<div class="css-9z8y7x">TEXT</div>'),
  aloneTalk(
    'sides by the style of hashed classes',
    '<div class="css-1a2b3c"><p>TEXT</p></div>',
    '<div class="css-9z8y7x"><p>TEXT</p></div>',
    { css: '.css-1a2b3c { align-self: flex-end } .css-9z8y7x { align-self: flex-start }' },
  ),
  aloneTalk(
    'utilities of Tailwind',
    '<div class="flex justify-end"><div class="rounded bg-blue-500">TEXT</div></div>',
    '<div class="flex justify-start"><div class="rounded bg-gray-100">TEXT</div></div>',
  ),
  aloneTalk('a testid', '<div data-testid="user-turn">TEXT</div>', '<div data-testid="bot-turn">TEXT</div>'),
  aloneTalk(
    'aria labels',
    '<div role="article" aria-label="You">TEXT</div>',
    '<div role="article" aria-label="Osier">TEXT</div>',
  ),
  aloneTalk('elements of their own', '<x-question>TEXT</x-question>', '<x-answer>TEXT</x-answer>'),
]

/** Shown again after a reload, otherwise than it was recorded. */
const reloads: Variant[] = [
  script(
    'after a reload the last question bears a label of a language that nobody knows',
    `const show = (rows) => { const last = rows.filter(([c]) => c === 'u').pop(); list.innerHTML = rows.map((r) => '<div class="' + r[0] + '"><div class="t">' + r[1] + '</div>' + (r === last ? '<div class="s">Toimitettu</div>' : '') + '</div>').join('') }
     const rows = []; for (const [i, q] of questions.entries()) { await type(q); rows.push(['u', q]); show(rows); await wait(500); rows.push(['a', answers[i]]); show(rows); await wait(2600) }
     ;({ document, list } = await reload()); await wait(500); show(rows); await wait(2600)
     await type('Thanks'); rows.push(['u', 'Thanks']); show(rows); await wait(500); rows.push(['a', 'Welcome.']); show(rows); await wait(2600)`,
    [...plain(3), 'user: Thanks', 'assistant: Welcome.'],
    twice,
  ),
  script(
    'after a reload the newest answer bears a footer that moves',
    `const show = (rows) => { list.innerHTML = rows.map((r, i) => '<div class="' + r[0] + '"><div class="t">' + r[1] + '</div>' + (r[0] === 'a' && i === rows.length - 1 ? '<div class="zq7">AI-generated, may be wrong</div>' : '') + '</div>').join('') }
     const rows = []; for (const [i, q] of questions.entries()) { await type(q); rows.push(['u', q]); show(rows); await wait(500); rows.push(['a', answers[i]]); show(rows); await wait(2600) }
     ;({ document, list } = await reload()); await wait(500); show(rows); await wait(2600)`,
    plain(3),
    twice,
  ),
  script(
    'after a reload times are written otherwise, and names are gone',
    `const show = (rows, frame) => { list.innerHTML = rows.map(([c, t]) => '<div class="' + c + '">' + frame.replace('TEXT', t) + '</div>').join('') }
     const rows = []; for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); rows.push(['u', q]); show(rows, '<b class="w">Somebody</b><div>TEXT</div><div class="m">just now</div>'); await wait(500); rows.push(['a', answers[i]]); show(rows, '<b class="w">Somebody</b><div>TEXT</div><div class="m">just now</div>'); await wait(2600) }
     ;({ document, list } = await reload()); await wait(500); show(rows, '<div>TEXT</div><div class="m">30 Nov, 10:20</div>'); await wait(2600)
     await type('Thanks'); rows.push(['u', 'Thanks']); show(rows, '<div>TEXT</div><div class="m">30 Nov, 10:20</div>'); await wait(500); rows.push(['a', 'Welcome.']); show(rows, '<div>TEXT</div><div class="m">30 Nov, 10:20</div>'); await wait(2600)`,
    [...plain(2), 'user: Thanks', 'assistant: Welcome.'],
    twice,
  ),
  script(
    'after a reload history comes by the page, and a new question before all of it',
    `const rows = []; for (const [i, q] of questions.entries()) { await type(q); rows.push(['u', q], ['a', answers[i]]); put('u', q); await wait(500); put('a', answers[i]); await wait(2600) }
     ;({ document, list } = await reload()); await wait(500); await type('Thanks'); put('u', 'Thanks'); await wait(300); const make = ([c, t]) => { const e = document.createElement('div'); e.className = c; e.textContent = t; return e }
     list.prepend(...rows.slice(-2).map(make)); await wait(600); list.prepend(...rows.slice(0, -2).map(make)); await wait(300); put('a', 'Welcome.'); await wait(2600)`,
    [...plain(3), 'user: Thanks', 'assistant: Welcome.'],
    twice,
  ),
  script(
    'after a reload the newest exchange stands on top again',
    `const show = (rows) => { list.innerHTML = [...rows].reverse().map(([q, a]) => '<section><div class="u">' + q + '</div><div class="a">' + a + '</div></section>').join('') }
     const rows = []; for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); rows.push([q, '']); show(rows); await wait(500); rows[i][1] = answers[i]; show(rows); await wait(2600) }
     ;({ document, list } = await reload()); await wait(500); show(rows); await wait(1000); await type('Thanks'); rows.push(['Thanks', '']); show(rows); await wait(500); rows[2][1] = 'Welcome.'; show(rows); await wait(2600)`,
    [...plain(2), 'user: Thanks', 'assistant: Welcome.'],
    twice,
  ),
]

const odds: Variant[] = [
  single(
    'a card of somebody is what is said',
    '<div class="contact-card"><div class="name">Jane Roe</div><div class="phone">555 0100</div></div>',
    'Jane Roe\n555 0100',
  ),
  single(
    'a day heads what is said',
    '<div class="k3">Today</div><div>Open from 9 to 17.</div>',
    'Today\nOpen from 9 to 17.',
  ),
  single(
    'chips that are links to nowhere',
    '<p>It is free.</p><div class="k"><a href="#">Is it open?</a> <a href="#">Who made it?</a></div>',
    'It is free.',
  ),
  single(
    'a button that is a block',
    '<p>It is free.</p><div class="x"><span class="btn btn-copy">Copy</span><span class="btn">Share</span></div>',
    'It is free.',
  ),
  talk(
    'Arabic times',
    '<div>TEXT</div><span class="c7">١٠:٢٠ ص</span>',
    '<div>TEXT</div><span class="c7">١٠:٢١ ص</span>',
  ),
  talk(
    'Chinese times',
    '<div class="c7">上午10:2N</div><div>TEXT</div>',
    '<div class="c7">上午10:2N</div><div>TEXT</div>',
  ),
  talk(
    'Japanese times',
    '<div>TEXT</div><div class="c7">10時2N分</div>',
    '<div>TEXT</div><div class="c7">10時2N分</div>',
  ),
  script(
    'a question that is marked as edited, and one that somebody likes',
    `await type(questions[0]); const u = put('u', '<div>' + questions[0] + '</div>'); await wait(300); put('a', answers[0]); await wait(2600); u.innerHTML += '<div class="ed">(edited)</div>'; await wait(1000); u.innerHTML += '<div class="re">👍 1</div>'; await wait(1000)
     await type(questions[1]); put('u', '<div>' + questions[1] + '</div>'); await wait(300); put('a', answers[1]); await wait(2600)`,
    plain(2),
    twice,
  ),
  script(
    'two answers to one question, and two questions before an answer',
    `await type('One?'); put('u', 'One?'); await wait(700); await type('Two?'); put('u', 'Two?'); await wait(700); put('a', 'First.'); await wait(700); put('a', 'Second.'); await wait(2600)`,
    ['user: One?', 'user: Two?', 'assistant: First.', 'assistant: Second.'],
  ),
  script(
    'a greeting that changes before anything is asked',
    `const g = put('a', 'Hello.'); await wait(600); g.textContent = 'Hello Jane, how can I help?'; await wait(2600); await type('One?'); put('u', 'One?'); await wait(300); put('a', 'First.'); await wait(2600)`,
    ['assistant: Hello Jane, how can I help?', 'user: One?', 'assistant: First.'],
  ),
  script(
    'the chat is cleared, and the same is asked again',
    `await type('One?'); put('u', 'One?'); await wait(300); put('a', 'First.'); await wait(2600); list.innerHTML = ''; await wait(1500); await type('One?'); put('u', 'One?'); await wait(300); put('a', 'First.'); await wait(2600)`,
    ['user: One?', 'assistant: First.', 'user: One?', 'assistant: First.'],
  ),
]

export const strangers: Variant[] = [
  ...names,
  ...times,
  ...moving,
  ...upsideDown,
  ...streams,
  ...lists,
  ...turns,
  ...failures,
  ...contents,
  ...groups,
  ...alones,
  ...reloads,
  ...odds,
]
