/** What a page stores of one message: only what differs from a whole message without marks is named. */
export interface Said {
  said: string
  name?: string
  status?: string
  /** What the message replaces says this. */
  replaces?: string
  /** Labels of its links. */
  links?: (string | null)[]
}

/** A widget as somebody else makes it: how it shows what is said, and what has to be stored of it. */
export interface Variant {
  kind: string
  /** Attributes of the tag, without `data-`. @defaultValue `#list`, `.u` and `.a` */
  tag?: Record<string, string>
  css?: string
  /** Before the list. */
  html?: string
  /** HTML of each message: TEXT stands for what is said. */
  user?: string
  bot?: string
  /** What is answered, as HTML and as it has to be stored. */
  answers?: [html: string, said: string][]
  questions?: string[]
  /** The newest message stands first in the page. */
  newestFirst?: boolean
  /** Body of an async function that plays the widget instead of an exchange for each answer. */
  play?: string
  stored?: Said[]
  /** Who speaks, where the widget says so. */
  names?: [user: string, bot: string]
}

const answers: [string, string][] = [
  ['<p>Run the installer.</p>', 'Run the installer.'],
  [
    '<p>Use the <a href="https://docs.example.com/s">setup file</a>.</p><p>Then restart.</p>',
    'Use the setup file.\n\nThen restart.',
  ],
]
export const defaults = { questions: ['How do I install it?', 'And on Windows?', 'Is it free?'], answers }

/** Names, avatars, times, and what is there for screen readers: around the text of each message. */
const framed: Variant[] = [
  {
    kind: 'names in hashed classes',
    user: '<div class="css-1x2y3z"><b>Jane</b></div><div class="css-9k8j7h">TEXT</div>',
    bot: '<div class="css-1x2y3z"><b>Osier</b></div><div class="css-9k8j7h">TEXT</div>',
  },
  {
    kind: 'a name as a heading with a time beside it',
    user: '<header><h6 class="x-name">Jane <small>10:2N</small></h6></header><div class="x-body">TEXT</div>',
    bot: '<header><h6 class="x-name">Osier <small>10:2N</small></h6></header><div class="x-body">TEXT</div>',
  },
  {
    kind: 'nested rows with avatars as text',
    user: '<div class="row"><div class="col"><div class="MuiAvatar-root MuiAvatar-circular">JD</div></div><div class="col"><div class="MuiTypography-root">TEXT</div></div></div>',
    bot: '<div class="row"><div class="col"><div class="MuiAvatar-root MuiAvatar-circular">🤖</div></div><div class="col"><div class="MuiTypography-root">TEXT</div></div></div>',
  },
  {
    kind: 'avatars as pictures with alternative texts',
    user: '<img class="ava" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="Jane"><div>TEXT</div>',
    bot: '<img class="ava" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="🤖"><div>TEXT</div>',
  },
  {
    kind: 'avatars as vectors with titles',
    user: '<svg width="9" height="9"><title>You</title></svg><div>TEXT</div>',
    bot: '<svg width="9" height="9"><title>Bot</title><text>AI</text></svg><div>TEXT</div>',
  },
  {
    kind: 'clock times without a telling name',
    user: '<div>TEXT</div><span class="c7">10:2N AM</span>',
    bot: '<div>TEXT</div><span class="c7">10:2N AM</span>',
  },
  {
    kind: 'German times',
    user: '<div>TEXT</div><div class="k">10.2N Uhr</div>',
    bot: '<div class="k">Gestern, 10:2N Uhr</div><div>TEXT</div>',
  },
  {
    kind: 'how long ago',
    user: '<div>TEXT</div><div class="meta">N minutes ago</div>',
    bot: '<div>TEXT</div><div class="meta">vor N Minuten</div>',
  },
  {
    kind: 'a time element',
    user: '<div>TEXT</div><time datetime="2026-11-30T10:2N:00Z">30 Nov</time>',
    bot: '<div>TEXT</div><time datetime="2026-11-30T10:2N:00Z">30 Nov</time>',
  },
  {
    kind: 'hidden by clip-path',
    css: '.q { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap }',
    user: '<h3 class="q">You said</h3><div>TEXT</div>',
    bot: '<h3 class="q">Assistant said</h3><div>TEXT</div>',
  },
  {
    kind: 'hidden in one pixel alone',
    css: '.q { position: absolute; width: 1px; height: 1px; overflow: hidden }',
    user: '<span class="q">Sie sagten:</span><div>TEXT</div>',
    bot: '<span class="q">Der Assistent sagte:</span><div>TEXT</div>',
  },
  {
    kind: 'hidden far off the page',
    css: '.q { position: absolute; left: -9999px }',
    user: '<span class="q">Vous :</span><div>TEXT</div>',
    bot: '<span class="q">Assistant :</span><div>TEXT</div>',
  },
  {
    kind: 'hidden without opacity',
    css: '.q { opacity: 0; position: absolute }',
    user: '<div>TEXT</div><span class="q">Sent by you</span>',
    bot: '<div>TEXT</div><span class="q">Sent by the bot</span>',
  },
  {
    kind: 'names of screen readers by prefix',
    user: '<span class="pf-v6-u-screen-reader">You</span><div>TEXT</div>',
    bot: '<span class="acme-visuallyHidden">Bot</span><div>TEXT</div>',
  },
  {
    kind: 'names of screen readers in camel case',
    user: '<span class="srOnly">You</span><div>TEXT</div>',
    bot: '<span class="u-hiddenVisually">Bot</span><div>TEXT</div>',
  },
  {
    kind: 'hidden text inside the paragraph',
    user: '<p><span class="sr-only">You said: </span>TEXT</p>',
    bot: '<div><span class="cdk-visually-hidden">Bot said: </span><div>TEXT</div></div>',
  },
  {
    kind: 'authors by data attributes',
    user: '<div data-testid="message-author">Jane</div><div data-testid="message-text">TEXT</div>',
    bot: '<div data-testid="message-author">Osier Bot</div><div data-testid="message-text">TEXT</div>',
    names: ['Jane', 'Osier Bot'],
  },
  {
    kind: 'authors in BEM names',
    user: '<div class="chat__sender-name">Jane</div><div class="chat__text">TEXT</div>',
    bot: '<div class="chat__sender-name">Osier Bot</div><div class="chat__text">TEXT</div>',
    names: ['Jane', 'Osier Bot'],
  },
  {
    kind: 'authors in camel case modules',
    user: '<div class="Message_authorName__a1B2c">Jane</div><div class="Message_text__x">TEXT</div>',
    bot: '<div class="Message_authorName__a1B2c">Osier Bot</div><div class="Message_text__x">TEXT</div>',
    names: ['Jane', 'Osier Bot'],
  },
  {
    kind: 'authors behind the text',
    user: '<div>TEXT</div><div class="footer"><span class="username">Jane</span> · <span class="timestamp">10:2N</span></div>',
    bot: '<div>TEXT</div><div class="footer"><span class="username">Osier</span> · <span class="timestamp">10:2N</span></div>',
    names: ['Jane', 'Osier'],
  },
  {
    kind: 'names in another script',
    user: '<div class="c1">あなた</div><div class="c2">TEXT</div>',
    bot: '<div class="c1">アシスタント</div><div class="c2">TEXT</div>',
  },
  {
    kind: 'names with an icon and a colon',
    user: '<strong class="w">Sie:</strong> <span>TEXT</span>',
    bot: '<strong class="w">Bot:</strong> <div>TEXT</div>',
  },
  {
    kind: 'a badge beside the name',
    user: '<div class="hd"><span>Jane</span></div><div>TEXT</div>',
    bot: '<div class="hd"><span>Osier</span><span class="pf-label">AI</span></div><div>TEXT</div>',
  },
  {
    kind: 'rows of a table',
    html: '<table id="t"><tbody id="list"></tbody></table>',
    tag: { observe: '#t', user: 'tr.u', assistant: 'tr.a' },
    user: '<td class="who">Jane</td><td>TEXT</td><td class="when">10:2N</td>',
    bot: '<td class="who">Osier</td><td>TEXT</td><td class="when">10:2N</td>',
    names: ['Jane', 'Osier'],
  },
  {
    kind: 'a definition list',
    html: '<dl id="list"></dl>',
    tag: { observe: '#list', user: 'div.u', assistant: 'div.a' },
    user: '<dt>Jane</dt><dd>TEXT</dd>',
    bot: '<dt>Osier</dt><dd>TEXT</dd>',
  },
  {
    kind: 'tool tips of copy and edit',
    user: '<div>TEXT</div><div class="tools"><span role="tooltip">Copy</span><button>Edit</button></div>',
    bot: '<div>TEXT</div><div class="tools"><span class="tip">Copy</span><button><svg></svg></button></div>',
  },
  {
    kind: 'disclaimers of other words',
    bot: '<div>TEXT</div><small>Answers are made by a machine and may be wrong.</small>',
  },
]

/** Labels that move from message to message. */
const moving: Variant[] = [
  'Delivered',
  'Seen',
  'Gelesen',
  'Lu à 10:20',
  '✓✓',
  'Zugestellt',
  '已读',
  'Sent just now',
  'Read by Anna',
].map((label) => ({
  kind: `“${label}” under the last question alone`,
  play: `let last
    for (const q of questions) { await type(q); last?.querySelector('.l')?.remove(); last = put('u', '<p>' + q + '</p><div class="l css-77aa">${label}</div>'); await wait(1500) }
    put('a', '<p>Welcome.</p>'); await wait(2600)`,
  stored: [...defaults.questions.map((q) => ({ said: `user: ${q}` })), { said: 'assistant: Welcome.' }],
}))
moving.push(
  {
    kind: 'a label that changes under the last question, the row made anew',
    play: `let row; const show = (q, l) => { const e = document.createElement('div'); e.className = 'u'; e.innerHTML = '<p>' + q + '</p>' + (l ? '<span>' + l + '</span>' : ''); if (row) row.replaceWith(e); else list.append(e); row = e }
      for (const q of questions) { await type(q); if (row) { show(row.querySelector('p').textContent, ''); row = null } show(q, 'Wird gesendet …'); await wait(600); show(q, 'Zugestellt'); await wait(1200); show(q, 'Gelesen von Anna'); await wait(1200); put('a', '<p>About ' + q + '</p>'); await wait(2600) }`,
    stored: defaults.questions.flatMap((q) => [{ said: `user: ${q}` }, { said: `assistant: About ${q}` }]),
  },
  {
    kind: 'a label under the last answer, all rows made anew',
    play: `const rows = []; const show = () => list.innerHTML = rows.map((r, i) => '<div class="' + r.c + '"><div>' + r.t + '</div>' + (i === rows.length - 1 ? '<div class="state">' + (r.c === 'u' ? 'Sent' : 'Just now') + '</div>' : '') + '</div>').join('')
      for (const q of questions) { await type(q); rows.push({ c: 'u', t: q }); show(); await wait(500); rows.push({ c: 'a', t: 'About ' + q }); show(); await wait(2600) }`,
    stored: defaults.questions.flatMap((q) => [{ said: `user: ${q}` }, { said: `assistant: About ${q}` }]),
  },
)

const plainExchanges = defaults.questions
  .slice(0, 2)
  .flatMap((q, i) => [{ said: `user: ${q}` }, { said: `assistant: ${answers[i]?.[1]}` }])

/** The newest on top, in the page or by style. */
const upsideDown: Variant[] = [
  { kind: 'column-reverse', css: '#list { display: flex; flex-direction: column-reverse }', newestFirst: true },
  {
    kind: 'column-reverse with the oldest first in the page: shown upside down',
    css: '#list { display: flex; flex-direction: column-reverse }',
  },
  { kind: 'newest first, message by message', newestFirst: true },
  {
    kind: 'newest exchange on top, all rows made anew each time',
    play: `const all = []; const show = () => list.innerHTML = all.map((e) => '<section><h4 class="u">' + e.q + '</h4><div class="a">' + e.a + '</div></section>').join('')
      for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); all.unshift({ q, a: '' }); show(); for (const part of [0.3, 0.6, 1]) { await wait(300); all[0].a = answers[i].slice(0, answers[i].length * part); show() } await wait(2600) }`,
    stored: plainExchanges,
  },
  {
    kind: 'newest exchange on top, streamed beside an older one',
    play: `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); const e = document.createElement('article'); e.innerHTML = '<div class="u">' + q + '</div>'; list.prepend(e); await wait(300); const a = document.createElement('div'); a.className = 'a'; a.innerHTML = '<span class="loader">Searching…</span>'; e.append(a); await wait(900); a.innerHTML = answers[i]; await wait(2600) }`,
    stored: plainExchanges,
  },
  {
    kind: 'newest exchange on top with the answer above its question',
    play: `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); const u = document.createElement('div'); u.className = 'u'; u.textContent = q; list.prepend(u); await wait(300); const a = document.createElement('div'); a.className = 'a'; a.innerHTML = answers[i]; list.prepend(a); await wait(2600) }`,
    stored: plainExchanges,
  },
]

const stopButton = (kind: string, html: string): Variant => ({
  kind: `stop: ${kind}`,
  html: `<div id="bar">${html}</div>`,
  play: `await type('Question one'); put('u', 'Question one'); await wait(200); const a = put('a', 'An answer that'); await wait(200); a.textContent += ' is stopped'; await wait(200); press(document.querySelector('#bar [data-it], #bar button')); await wait(2600)`,
  stored: [{ said: 'user: Question one' }, { said: 'assistant: An answer that is stopped', status: 'aborted' }],
})

const stops: Variant[] = [
  stopButton(
    'an icon with a title',
    '<button><svg width="9" height="9" data-it><title>Stop generating</title><rect width="9" height="9"/></svg></button>',
  ),
  stopButton(
    'labelled by another element',
    '<button aria-labelledby="ll"><i></i></button><span id="ll" hidden>Stop response</span>',
  ),
  stopButton('a class in camel case', '<button class="composerStopButton"><i></i></button>'),
  stopButton('a hashed module class', '<button class="Composer_stop__x8Yz1"><svg><rect/></svg></button>'),
  stopButton('data-testid', '<button data-testid="stop-button"></button>'),
  stopButton(
    'a role without a button',
    '<span role="button" tabindex="0" aria-label="Antwort stoppen"><i></i></span>'.replace('<i>', '<i data-it>'),
  ),
  stopButton('Polish', '<button aria-label="Zatrzymaj generowanie"></button>'),
  stopButton('Chinese', '<button title="停止回答"></button>'),
  stopButton('French', '<button>Arrêter la génération</button>'),
  stopButton('an input', '<input type="button" value="Stop" data-it>'),
  stopButton('a tool tip', '<button data-tooltip="Stop generating"><svg></svg></button>'),
  stopButton('an icon by its reference', '<button><svg><use href="#icon-stop"></use></svg></button>'),
  stopButton(
    'an icon as a picture',
    '<button><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="Stop"></button>',
  ),
  stopButton('a material icon by its word', '<button><span class="material-icons">stop_circle</span></button>'),
]

const notStops: Variant[] = [
  ['<button aria-label="Stopwatch"></button>'],
  ['<button class="nonstop-mode">Read on</button>'],
].map(([html]) => ({
  kind: `no stop: ${html}`,
  html: `<div id="bar">${html}</div>`,
  play: `await type('Question one'); put('u', 'Question one'); await wait(200); const a = put('a', 'An answer that'); await wait(200); press(document.querySelector('#bar > *')); await wait(200); a.textContent += ' goes on'; await wait(2600)`,
  stored: [{ said: 'user: Question one' }, { said: 'assistant: An answer that goes on' }],
}))

const retryButton = (kind: string, html: string): Variant => ({
  kind: `retry: ${kind}`,
  play: `await type('Question one'); put('u', 'Question one'); await wait(200); let a = put('a', 'The first '); await wait(200); a.innerHTML = '<p>The first try.</p>' + ${JSON.stringify(html)}; await wait(1200)
    press(a.querySelector('button,[role=button],[data-it]')); a.remove(); await wait(400); a = put('a', 'A second '); await wait(300); a.innerHTML = '<p>A second attempt.</p>'; await wait(2600)`,
  stored: [
    { said: 'user: Question one' },
    { said: 'assistant: The first try.' },
    { said: 'assistant: A second attempt.', replaces: 'The first try.' },
  ],
})

const retries: Variant[] = [
  retryButton('an icon alone', '<button class="act act--regenerate"><svg></svg></button>'),
  retryButton('an arrow', '<button title="Neu generieren">↻</button>'),
  retryButton(
    'a row of actions',
    '<div class="x-actions"><span role="button" aria-label="Regenerate response"><svg></svg></span></div>',
  ),
  retryButton('camel case', '<button id="msgRetryBtn"></button>'),
  retryButton('Spanish', '<button>Volver a intentar</button>'),
  retryButton('a menu item', '<div role="menuitem" data-it>Try again</div>'),
  {
    kind: 'retry in the same element, an instant after the end',
    play: `await type('Question one'); put('u', 'Question one'); await wait(200); const a = put('a', '<p>The first try is long enough.</p>'); await wait(600); a.innerHTML += '<button aria-label="Retry"></button>'; await wait(300); press(a.querySelector('button')); a.innerHTML = '<p>The</p>'; await wait(300); a.innerHTML = '<p>The second</p>'; await wait(300); a.innerHTML = '<p>The second attempt.</p><button aria-label="Retry"></button>'; await wait(2600)`,
    stored: [
      { said: 'user: Question one' },
      { said: 'assistant: The first try is long enough.' },
      { said: 'assistant: The second attempt.', replaces: 'The first try is long enough.' },
    ],
  },
  {
    kind: 'retry that shows the question again',
    play: `await type('Question one'); put('u', 'Question one'); await wait(200); put('a', '<p>The first try.</p><button aria-label="Retry"></button>'); await wait(3000); press(list.querySelector('button')); list.replaceChildren(); put('u', 'Question one'); await wait(400); put('a', '<p>A second attempt.</p><button aria-label="Retry"></button>'); await wait(2600)`,
    stored: [
      { said: 'user: Question one' },
      { said: 'assistant: The first try.' },
      { said: 'assistant: A second attempt.', replaces: 'The first try.' },
    ],
  },
]

const branch = (pick: string): Variant => ({
  kind: `branches: ${pick}`,
  play: `const pick = (n) => ${JSON.stringify(pick)}.replaceAll('N', n)
    await type('First question?'); put('u', '<p>First question?</p>'); await wait(200); put('a', '<p>The first answer is red.</p><button aria-label="Regenerate"></button>'); await wait(2600)
    press(list.querySelector('button')); list.lastChild.remove(); await wait(300); put('a', '<p>Another answer that is blue.</p>' + pick(2)); await wait(2600)
    press(list.querySelector('[data-p]')); list.lastChild.remove(); put('a', '<p>The first answer is red.</p>' + pick(1)); await wait(2600)
    press(list.querySelector('[data-p]')); list.lastChild.remove(); put('a', '<p>Another answer that is blue.</p>' + pick(2)); await wait(2600)`,
  stored: [
    { said: 'user: First question?' },
    { said: 'assistant: The first answer is red.' },
    { said: 'assistant: Another answer that is blue.', replaces: 'The first answer is red.' },
  ],
})

const branches: Variant[] = [
  branch('<div><button data-p>‹</button><span>N of 2</span><button>›</button></div>'),
  branch(
    '<div class="pager"><button data-p><svg></svg></button><span>N</span>/<span>2</span><button><svg></svg></button></div>',
  ),
  branch('<button data-p aria-label="Vorherige"></button><div>N von 2</div><button aria-label="Nächste"></button>'),
  branch('<nav><span role="button" data-p>&lt;</span><span>Version N of 2</span><span role="button">&gt;</span></nav>'),
  branch('<div><button data-p></button><div aria-label="page">N/2</div><button></button></div>'),
]

const edits: Variant[] = [
  {
    kind: 'edit: in place, the row an input meanwhile',
    play: `await type('First question?'); const u = put('u', '<p>First question?</p><button>Edit</button>'); await wait(200); put('a', '<p>The first answer is red.</p>'); await wait(2600)
      press(u.querySelector('button')); u.innerHTML = '<textarea>First question?</textarea><button>Save</button>'; await wait(1000); await type('Edited question?'); u.innerHTML = '<p>Edited question?</p><button>Edit</button>'; list.lastChild.remove(); await wait(400); put('a', '<p>Another answer that is blue.</p>'); await wait(2600)`,
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: The first answer is red.' },
      { said: 'user: Edited question?', replaces: 'First question?' },
      { said: 'assistant: Another answer that is blue.' },
    ],
  },
  {
    kind: 'edit: in place, the text editable by itself',
    play: `await type('First question?'); const u = put('u', '<p>First question?</p><button>Edit</button>'); await wait(200); put('a', '<p>The first answer is red.</p>'); await wait(2600)
      press(u.querySelector('button')); u.innerHTML = '<div contenteditable="true">First question?</div><button>Save</button>'; await wait(1000); await type('Edited question?'); u.innerHTML = '<p>Edited question?</p><button>Edit</button>'; list.lastChild.remove(); await wait(400); put('a', '<p>Another answer that is blue.</p>'); await wait(2600)`,
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: The first answer is red.' },
      { said: 'user: Edited question?', replaces: 'First question?' },
      { said: 'assistant: Another answer that is blue.' },
    ],
  },
  {
    kind: 'edit: the second question, and back by the branch',
    play: `const pick = (n) => '<div><button data-p></button><span>' + n + ' / 2</span><button></button></div>'
      await type('First question?'); put('u', '<p>First question?</p>'); await wait(200); put('a', '<p>About the first.</p>'); await wait(2600)
      await type('Second question?'); put('u', '<p>Second question?</p>'); await wait(200); put('a', '<p>The second is red.</p>'); await wait(2600)
      await type('Third instead?'); list.lastChild.remove(); list.lastChild.remove(); put('u', '<p>Third instead?</p>' + pick(2)); await wait(300); put('a', '<p>The third is blue.</p>'); await wait(2600)
      press(list.querySelector('[data-p]')); list.lastChild.remove(); list.lastChild.remove(); put('u', '<p>Second question?</p>' + pick(1)); put('a', '<p>The second is red.</p>'); await wait(2600)`,
    stored: [
      { said: 'user: First question?' },
      { said: 'assistant: About the first.' },
      { said: 'user: Second question?' },
      { said: 'assistant: The second is red.' },
      { said: 'user: Third instead?', replaces: 'Second question?' },
      { said: 'assistant: The third is blue.' },
    ],
  },
]

const failure = (html: string, said: string, before = ''): Variant => ({
  kind: `error: ${html}`,
  play: `await type('First question?'); put('u', 'First question?'); await wait(200); put('a', ${JSON.stringify(before + html)}); await wait(2600)`,
  stored: [{ said: 'user: First question?' }, { said: `assistant: ${said}`, status: 'error' }],
})

const failures: Variant[] = [
  failure(
    '<div class="ant-alert ant-alert-error"><div class="ant-alert-message">Request failed</div></div>',
    'Request failed',
  ),
  failure('<div role="alert">Quelque chose s’est mal passé.</div>', 'Quelque chose s’est mal passé.'),
  failure('<div class="text-destructive">Network problem</div>', 'Network problem'),
  failure('<div data-status="error">Rate limit reached</div>', 'Rate limit reached'),
  failure('<div class="messageFailed">Could not send</div>', 'Could not send'),
  failure('<div class="toast is-danger"><svg></svg>Server is busy</div>', 'Server is busy'),
  failure(
    '<div class="chat-error-banner"><p>The connection was lost.</p><button>Retry</button></div>',
    'Half an answer.',
    '<p>Half an answer.</p>',
  ),
  failure('<div aria-invalid="true" class="msg-failure">Lost.</div>', 'Lost.'),
  {
    kind: 'error: a class of the message itself',
    tag: { assistant: '.a' },
    play: `await type('First question?'); put('u', 'First question?'); await wait(200); const a = put('a', '<p>Half of</p>'); await wait(400); a.className = 'a a--error'; a.innerHTML = '<p>Something went wrong.</p>'; await wait(2600)`,
    stored: [{ said: 'user: First question?' }, { said: 'assistant: Something went wrong.', status: 'error' }],
  },
  {
    kind: 'error: named by data-error, behind the answer',
    tag: { error: '.oops' },
    play: `await type('First question?'); put('u', 'First question?'); await wait(200); put('a', '<p>Half of</p>'); await wait(400); put('oops', 'It broke.'); await wait(2600)`,
    stored: [{ said: 'user: First question?' }, { said: 'assistant: Half of', status: 'error' }],
  },
]

const answerOf = (kind: string, html: string, said: string, links?: (string | null)[]): Variant => ({
  kind,
  play: `await type('First question?'); put('u', 'First question?'); await wait(200); put('a', ${JSON.stringify(html)}); await wait(2600); await type('Thanks'); put('u', 'Thanks'); await wait(200); put('a', '<p>Welcome.</p>'); await wait(2600)`,
  stored: [
    { said: 'user: First question?' },
    { said: `assistant: ${said}`, ...(links && { links }) },
    { said: 'user: Thanks' },
    { said: 'assistant: Welcome.' },
  ],
})

const gif = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
const contents: Variant[] = [
  answerOf(
    'files: a file as a card',
    '<div class="attachment"><svg></svg><div class="file-name">report.pdf</div><div class="file-size">12 KB</div></div>',
    'report.pdf\n12 KB',
  ),
  answerOf(
    'files: a picture without words',
    `<figure><img src="https://docs.example.com/plan.png"></figure>`,
    '[image: plan.png]',
  ),
  answerOf(
    'files: a picture with its caption',
    `<figure><img src="${gif}" alt="Plan"><figcaption>Ground floor</figcaption></figure>`,
    'Ground floor',
  ),
  answerOf(
    'files: two files and a picture',
    `<a href="https://docs.example.com/a.pdf" download="a.pdf"></a><img src="${gif}" alt="Plan">`,
    '[file: a.pdf]\n[image: Plan]',
  ),
  answerOf(
    'files: a picture in a button that opens it',
    `<button class="image-preview"><img src="${gif}" alt="Plan of the house"></button>`,
    '[image: Plan of the house]',
  ),
  answerOf(
    'files: a background picture with a role',
    '<div role="img" aria-label="Plan of the house" style="width:9px;height:9px"></div>',
    '[image: Plan of the house]',
  ),
  answerOf('files: a video', '<video src="https://docs.example.com/tour.mp4" controls></video>', '[video: tour.mp4]'),
  answerOf(
    'files: with an avatar beside',
    `<img class="bot-avatar" src="${gif}" alt="Bot"><div class="bubble"><img src="${gif}" alt="Plan"></div>`,
    '[image: Plan]',
  ),
  answerOf(
    'code: the language and a copy button above',
    '<p>Run this:</p><div class="code"><div class="bar"><span>bash</span><button>Copy</button></div><pre><code class="language-bash">npm i\nnpm start\n</code></pre></div><p>Done.</p>',
    'Run this:\n\nnpm i\nnpm start\n\nDone.',
  ),
  answerOf(
    'code: the copy button is a div',
    '<p>Run this:</p><div class="cb"><div class="cb-top"><div>python</div><div class="copy">Copy code</div></div><pre><code>print(1)</code></pre></div>',
    'Run this:\n\nprint(1)',
  ),
  answerOf(
    'code: the header in the block itself',
    '<p>Run this:</p><pre><div class="flex"><span>python</span><button>Copy</button></div><code>print(1)\n</code></pre>',
    'Run this:\n\nprint(1)',
  ),
  answerOf(
    'code: a header in German',
    '<p>Run this:</p><div class="cb"><div><span>python</span><span>Kopieren</span></div><pre><code>print(1)</code></pre></div>',
    'Run this:\n\nprint(1)',
  ),
  answerOf(
    'code: numbers before each line',
    '<pre><code><span class="linenumber react-syntax-highlighter-line-number">1</span><span>one()\n</span><span class="linenumber react-syntax-highlighter-line-number">2</span><span>two()</span></code></pre>',
    'one()\ntwo()',
  ),
  answerOf(
    'code: lines as table rows with numbers',
    '<p>Run this:</p><table class="hljs-ln"><tbody><tr><td class="hljs-ln-numbers" data-line-number="1"></td><td>one()</td></tr><tr><td class="hljs-ln-numbers" data-line-number="2"></td><td>two()</td></tr></tbody></table>',
    'Run this:\n\none()\ntwo()',
  ),
  answerOf(
    'code: lines as blocks with a number each',
    '<pre><code><div class="line"><span class="line-number" aria-hidden="true">1</span><span>one()</span></div><div class="line"><span class="line-number" aria-hidden="true">2</span><span>two()</span></div></code></pre>',
    'one()\ntwo()',
  ),
  answerOf(
    'code: shiki lines with line feeds between',
    '<pre><code><span class="line">one()</span>\n<span class="line">two()</span></code></pre>',
    'one()\ntwo()',
  ),
  answerOf(
    'a table',
    '<table><thead><tr><th>Plan</th><th>Price</th></tr></thead><tbody><tr><td>Free</td><td>0</td></tr></tbody></table>',
    'Plan\tPrice\nFree\t0',
  ),
  answerOf('a list with a nested one', '<ul><li>One<ul><li>Two</li></ul></li><li>Three</li></ul>', 'One\nTwo\nThree'),
  answerOf(
    'a link drawn as a button in a sentence',
    '<p>Read <button type="button" class="link">the whole guide</button> first.</p>',
    'Read the whole guide first.',
  ),
  answerOf(
    'a link drawn as a button that begins a list item',
    '<ul><li><button class="lnk">Getting started</button> tells how to begin.</li></ul>',
    'Getting started tells how to begin.',
  ),
  answerOf(
    'a link drawn as a button with its address',
    '<p>Read <button type="button" data-href="https://docs.example.com/g">the guide</button>.</p>',
    'Read the guide.',
    ['the guide'],
  ),
  answerOf(
    'a link drawn as a role',
    '<p>Read <span role="link" tabindex="0" data-url="https://docs.example.com/g">the guide</span>.</p>',
    'Read the guide.',
    ['the guide'],
  ),
  answerOf(
    'footnotes as links in the text',
    '<p>It is free<sup><a href="https://docs.example.com/p">1</a></sup>.</p>',
    'It is free1.',
    ['1'],
  ),
  answerOf(
    'reasoning in details',
    '<details open><summary>Thinking</summary><p>The visitor asks.</p></details><div>It is free.</div>',
    'It is free.',
  ),
  answerOf(
    'reasoning behind a button',
    '<div class="collapsible"><button aria-expanded="false">Thought for 3 s</button><div hidden>The visitor asks.</div></div><div>It is free.</div>',
    'It is free.',
  ),
  answerOf(
    'reasoning open below its button',
    '<div><button aria-expanded="true" aria-controls="r1">Reasoned for 3 seconds</button><div id="r1"><p>The visitor asks.</p></div></div><div>It is free.</div>',
    'It is free.',
  ),
  answerOf(
    'reasoning by its name',
    '<div data-slot="reasoning-content"><p>The visitor asks.</p></div><div>It is free.</div>',
    'It is free.',
  ),
  answerOf(
    'sources as a list of links behind a heading',
    '<p>It is free.</p><div class="refs"><h4>Sources</h4><ul><li><a href="https://docs.example.com/p">Prices</a></li><li><a href="https://docs.example.com/q">Terms</a></li></ul></div>',
    'It is free.',
    ['Prices', 'Terms'],
  ),
  answerOf(
    'sources in another language',
    '<p>It is free.</p><div class="qx"><div>Quellen</div><a href="https://docs.example.com/p">Preise</a><a href="https://docs.example.com/q">Bedingungen</a></div>',
    'It is free.',
    ['Preise', 'Bedingungen'],
  ),
  answerOf(
    'sources as cards',
    '<p>It is free.</p><div class="grid"><a href="https://docs.example.com/p"><div>docs.example.com</div><div>Prices</div></a><a href="https://docs.example.com/q"><div>docs.example.com</div><div>Terms</div></a></div>',
    'It is free.',
    ['docs.example.com Prices', 'docs.example.com Terms'],
  ),
  answerOf(
    'a list of links that is the answer',
    '<p>Read these:</p><ul><li><a href="https://docs.example.com/p">Prices</a></li><li><a href="https://docs.example.com/q">Terms</a></li></ul>',
    'Read these:\n\nPrices\nTerms',
    ['Prices', 'Terms'],
  ),
  answerOf(
    'suggestions as buttons',
    '<p>It is free.</p><div><button>Is it open source?</button><button>Who made it?</button></div>',
    'It is free.',
  ),
  answerOf(
    'suggestions as chips that are links of the page',
    '<p>It is free.</p><div class="quick-replies"><a href="#1">Is it open source?</a><a href="#2">Who made it?</a></div>',
    'It is free.',
  ),
  answerOf('a disclaimer as a footer', '<p>It is free.</p><footer>AI can make mistakes.</footer>', 'It is free.'),
  answerOf('a caret while it comes', '<p>It is free.<span class="cursor">▍</span></p>', 'It is free.'),
  answerOf(
    'a rating',
    '<p>It is free.</p><div class="feedback"><span>Was this helpful?</span><button aria-label="Good response"></button><button aria-label="Bad response"></button></div>',
    'It is free.',
  ),
  answerOf(
    'tabs of a message',
    '<div role="tablist"><button role="tab">Answer</button><div role="tab">Sources</div></div><div role="tabpanel"><p>It is free.</p></div>',
    'It is free.',
  ),
]

const bubbles: Variant[] = [
  'k-message',
  'dx-chat-messagebubble',
  'bubble',
  'MessageBubble',
  'chat-bubble',
  'cb_1x9',
  'msg_body',
].map((name) => ({
  kind: `grouped bubbles called ${name}`,
  tag: { user: '.group-me', assistant: '.group-bot' },
  play: `const add = (cls, text) => { let g = list.lastElementChild; if (g?.className !== cls) { g = put(cls, '<span class="author-name">' + (cls === 'group-me' ? 'Jane' : 'Osier') + '</span>') } const b = document.createElement('div'); b.className = '${name}'; b.innerHTML = '<div class="inner">' + text + '</div><time>10:20</time>'; g.append(b) }
    await type('Hello there'); add('group-me', 'Hello there'); await wait(1500)
    await type('Where is my order?'); add('group-me', 'Where is my order?'); await wait(400); add('group-bot', 'On its way.'); await wait(2600); add('group-bot', 'Anything else?'); await wait(2600)`,
  stored: [
    { said: 'user: Hello there', name: 'Jane' },
    { said: 'user: Where is my order?', name: 'Jane' },
    { said: 'assistant: On its way.', name: 'Osier' },
    { said: 'assistant: Anything else?', name: 'Osier' },
  ],
}))

const shadows: Variant[] = [
  {
    kind: 'a shadow root for each message',
    tag: { user: 'x-msg[side=me]', assistant: 'x-msg[side=bot]' },
    play: `const say = (side, html) => { const e = document.createElement('x-msg'); e.setAttribute('side', side); e.attachShadow({ mode: 'open' }).innerHTML = '<style>:host{display:block}</style><span class="avatar">A</span><div class="name">Osier</div><slot></slot>'; e.innerHTML = html; list.append(e); return e }
      for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); say('me', q); await wait(300); const a = say('bot', '<p>Run</p>'); await wait(300); a.innerHTML = answers[i]; await wait(2600) }`,
    stored: plainExchanges.map((one) => ({ ...one, name: 'Osier' })),
  },
  {
    kind: 'shadow roots in shadow roots',
    tag: { observe: 'x-chat', user: '.u', assistant: '.a' },
    html: '<x-chat></x-chat>',
    play: `const host = document.querySelector('x-chat'); const outer = host.attachShadow({ mode: 'open' }); outer.innerHTML = '<x-list></x-list>'; const inner = outer.firstChild.attachShadow({ mode: 'open' })
      for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); const u = document.createElement('div'); u.className = 'u'; u.textContent = q; inner.append(u); await wait(300); const a = document.createElement('div'); a.className = 'a'; a.innerHTML = answers[i]; inner.append(a); await wait(2600) }`,
    stored: plainExchanges,
  },
]

const thinking: Variant[] = [
  'Thinking…',
  'Denkt nach …',
  'Recherche en cours…',
  '正在思考…',
  'Searching the docs',
  '● ● ●',
  'Osier is typing',
].map((words) => ({
  kind: `a row of “${words}” in the answer’s place`,
  play: `for (const [i, q] of questions.slice(0, 2).entries()) { await type(q); put('u', q); await wait(200); const a = put('a', '<div class="shimmer">${words}</div>'); await wait(1200); a.innerHTML = answers[i]; await wait(2600) }`,
  stored: plainExchanges,
}))

export const variants: Variant[] = [
  ...framed,
  ...moving,
  ...upsideDown,
  ...stops,
  ...notStops,
  ...retries,
  ...branches,
  ...edits,
  ...failures,
  ...contents,
  ...bubbles,
  ...shadows,
  ...thinking,
]
