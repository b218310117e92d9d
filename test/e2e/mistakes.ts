import type { State } from '../../src/script/chatlog.ts'

/** What a page is made of, where `{key}`, `{apiKey}`, `{endpoint}` and `{stub}` are filled in. */
export interface Mistake {
  /** What the page does, or what surrounds it. */
  what: string
  /** Inside `<head>`. */
  head: string
  /** Inside `<body>`. */
  body?: string
  /** What is stored in the end: conversations with their messages. */
  stored: string[][]
  /** What the console says of chatlog; nothing where it is missing. */
  says?: RegExp
  /** What `getState()` says; `null`: there is no instance. */
  state: Partial<State> | null
  /** The instance's name. @defaultValue 'chatlog' */
  global?: string
}

const src = '/dist/chatlog.js'
const said = [['user: Hi']]

/** The tag with these attributes beyond its source. */
const tag = (attributes = 'data-api-key="{key}" data-endpoint="{endpoint}"', file = src) =>
  `<script async src="${file}" ${attributes}></script>`

/** The tag as it ought to be, with more attributes. */
const tagWith = (more: string, file = src) => tag(`data-api-key="{key}" data-endpoint="{endpoint}" ${more}`, file)

const stub = '<script>{stub}</script>'
const say = `<script>chatlog.trackMessage({ role: 'user', content: 'Hi' })</script>`

const connected: Partial<State> = { waitsFor: null, problem: null }
const refused = (what: string): Pick<Mistake, 'stored' | 'says' | 'state'> => ({
  stored: [],
  says: new RegExp(`^chatlog.*${what}.*: nothing is recorded$`),
  state: { waitsFor: 'options' },
})
const fine: Pick<Mistake, 'stored' | 'state'> = { stored: said, state: connected }

/** The tag's attributes, written in ways that people write them. */
const attributes: Mistake[] = [
  { what: 'is as it ought to be', head: stub + say + tag(), ...fine },
  {
    what: 'has no key',
    head: stub + say + tag('data-endpoint="{endpoint}"'),
    stored: [],
    says: /the tag has no data-api-key \(endpoint\), and nobody calls chatlog\.init/,
    state: null,
  },
  {
    what: 'has an empty key',
    head: stub + say + tag('data-api-key="" data-endpoint="{endpoint}"'),
    stored: [],
    says: /the tag has no data-api-key \(apiKey, endpoint\)/,
    state: null,
  },
  {
    what: 'spells the key data-apikey',
    head: stub + say + tag('data-apikey="{key}" data-endpoint="{endpoint}"'),
    stored: [],
    says: /the tag has no data-api-key \(apikey, endpoint\)/,
    state: null,
  },
  {
    what: 'spells the key data-key',
    head: stub + say + tag('data-key="{key}"'),
    stored: [],
    says: /the tag has no data-api-key \(key\)/,
    state: null,
  },
  {
    what: 'has lost its data-* to a tag manager',
    head: `${stub + say}<script async src="${src}"></script>`,
    stored: [],
    says: /the tag has no data-api-key \(no data-\* reached it\)/,
    state: null,
  },
  {
    what: 'has an API key',
    head: stub + say + tag('data-api-key="{apiKey}" data-endpoint="{endpoint}"'),
    ...refused('never an API key'),
  },
  {
    what: 'has a key with a space',
    head: stub + say + tag('data-api-key="two words" data-endpoint="{endpoint}"'),
    ...refused('`apiKey` must be a WEB key'),
  },
  {
    what: 'has a key that the endpoint doesn’t know',
    head: stub + say + tag('data-api-key="web_unknown_key" data-endpoint="{endpoint}"'),
    stored: [],
    says: /^(chatlog: blocked.*)?$/,
    state: { keyId: 'unknown', counts: { recorded: 1, delivered: 0, dropped: {} } },
  },
  ...['concent', 'consent-mode', 'default-consent', 'consnet'].map((name) => ({
    what: `spells consent data-${name}`,
    head: stub + say + tagWith(`data-${name}="pending"`),
    ...refused('is it `consent`'),
  })),
  ...['end-point', 'endpoint-url', 'api-endpoint', 'url', 'enpoint'].map((name) => ({
    what: `spells endpoint data-${name}`,
    head: stub + say + tag(`data-api-key="{key}" data-${name}="{endpoint}"`),
    ...refused('is it `endpoint`'),
  })),
  ...['privacy-mode', 'privcy'].map((name) => ({
    what: `spells privacy data-${name}`,
    head: stub + say + tagWith(`data-${name}="redacted"`),
    ...refused('is it `privacy`'),
  })),
  ...[
    ['idle-minuts', 'idleMinutes'],
    ['max-wait', 'maxWaitMs'],
    ['cookie', 'cookies'],
    ['capture-link', 'captureLinks'],
  ].map(([name, meant]) => ({
    what: `spells ${meant} data-${name}`,
    head: stub + say + tagWith(`data-${name}="5"`),
    ...fine,
    says: new RegExp(`there is no option .* is it \`${meant}\`\\?`),
  })),
  ...['cfasync="false"', 'cookieconsent="ignore"', 'nscript="afterInteractive"', 'turbo-track="reload"'].map(
    (foreign) => ({
      what: `carries data-${foreign} for another tool`,
      head: stub + say + tagWith(`data-${foreign}`),
      ...fine,
    }),
  ),
  ...['user-id', 'consent', 'cookie-domain', 'privacy', 'idle-minutes', 'store-name', 'server'].map((name) => ({
    what: `has an empty data-${name}, as templates write it`,
    head: stub + say + tagWith(`data-${name}=""`),
    ...fine,
  })),
  ...['undefined', 'null'].map((id) => ({
    what: `names the user ${id}`,
    head: stub + say + tagWith(`data-user-id="${id}"`),
    ...fine,
    says: new RegExp(`\`userId\` is ${id}, which names nobody`),
  })),
  {
    what: 'asks for consent first',
    head: stub + say + tagWith('data-consent="pending"'),
    stored: [],
    state: { waitsFor: 'consent' },
  },
  {
    what: 'says that consent is denied',
    head: stub + say + tagWith('data-consent="denied"'),
    stored: [],
    state: { waitsFor: 'consent' },
  },
  {
    what: 'gives consent a word of its own',
    head: stub + say + tagWith('data-consent="yes"'),
    ...refused('`consent` must be granted, denied or pending'),
  },
  {
    what: 'has an endpoint without its scheme',
    head: stub + say + tag('data-api-key="{key}" data-endpoint="collector.example.com/conversations"'),
    ...refused('`endpoint` must be an absolute'),
  },
  {
    what: 'wants redaction of the small script',
    head: stub + say + tagWith('data-privacy="redacted"'),
    ...refused('load chatlog-observe.js'),
  },
  {
    what: 'wants chatlog.js to observe',
    head: stub + say + tagWith('data-observe="#chat"'),
    ...fine,
    says: /`observe` in chatlog\.js: load chatlog-observe\.js/,
  },
  {
    what: 'gives chatlog-observe.js a selector that is none',
    head: stub + say + tagWith('data-observe="##"', '/dist/chatlog-observe.js'),
    ...refused('must be a CSS selector'),
  },
  { what: 'records nothing', head: stub + tag(), stored: [], state: { waitsFor: 'message' } },
]

const spoken = `<script>addEventListener('load', () => setTimeout(() => chatlog.trackMessage({ role: 'user', content: 'Hi' }), 500))</script>`

/** Ways in which the script comes into the page, and what is there before it. */
const surroundings: Mistake[] = [
  {
    what: 'is a module',
    head: `${stub + say}<script type="module" src="${src}" data-api-key="{key}" data-endpoint="{endpoint}"></script>`,
    ...fine,
  },
  {
    what: 'is run by eval',
    head: `${stub + say}<script data-api-key="{key}" data-endpoint="{endpoint}">fetch('${src}').then((answer) => answer.text()).then((code) => (0, eval)(code))</script>`,
    ...fine,
  },
  {
    what: 'is imported by an inline module',
    head: `${stub + say}<script type="module" data-api-key="{key}" data-endpoint="{endpoint}">import '${src}'</script>`,
    ...fine,
  },
  {
    what: 'is put there by a script, with its data-*',
    head: `${stub + say}<script>{ const tag = document.createElement('script'); tag.src = '${src}'; tag.dataset.apiKey = '{key}'; tag.dataset.endpoint = '{endpoint}'; document.head.append(tag) }</script>`,
    ...fine,
  },
  {
    what: 'stands there twice',
    head: stub + say + tag() + tag(),
    ...fine,
    says: /a second tag is on this page/,
  },
  {
    what: 'stands there twice, under two names',
    head: stub + say + tag() + tagWith('data-global="other"').replace(' async', ' defer'),
    ...fine,
    says: /a second copy of the script is on this page/,
  },
  {
    what: 'stands beside chatlog-observe.js',
    head: stub + say + tag() + tagWith('', '/dist/chatlog-observe.js').replace(' async', ' defer'),
    ...fine,
    says: /a second tag is on this page/,
  },
  { what: 'has an element of its global’s name', head: stub + say + tag(), body: '<div id="chatlog"></div>', ...fine },
  {
    what: 'has an element of that name before the stub',
    head: '',
    body: `<div id="chatlog"></div>${stub + say + tag()}`,
    ...fine,
  },
  {
    what: 'has a form of that name with a field q',
    head: '',
    body: `<form id="chatlog"><input name="q"></form>${stub + say + tag()}`,
    ...fine,
  },
  {
    what: 'has a frame of that name',
    head: '',
    body: `<iframe name="chatlog"></iframe>${stub + say + tag()}`,
    ...fine,
  },
  {
    what: 'has a frame of another site of that name',
    head: '',
    body: `<iframe name="chatlog" src="data:text/html,x"></iframe>${stub + say + tag()}`,
    ...fine,
  },
  { what: 'has a variable of that name', head: `<script>var chatlog = []</script>${stub + say + tag()}`, ...fine },
  {
    what: 'keeps a variable of that name, and gives the global another',
    head: `<script>var chatlog = []</script><script>window.log = { q: [['trackMessage', { role: 'user', content: 'Hi' }]] }</script>${tagWith('data-global="log"')}`,
    ...fine,
    global: 'log',
  },
  { what: 'has no stub', head: tag() + spoken, ...fine },
  {
    what: 'calls a method that there isn’t',
    head: `${stub}<script>chatlog.q.push(['trackMesage', {}])</script>${say + tag()}`,
    ...fine,
    says: /there is no method `trackMesage`/,
  },
  {
    what: 'records a message without a role',
    head: `${stub}<script>chatlog.trackMessage({ content: 'Hi' })</script>${tag()}`,
    stored: [],
    says: /message dropped \(invalid\): /,
    state: { waitsFor: 'message', counts: { recorded: 0, delivered: 0, dropped: { invalid: 1 } } },
  },
  {
    what: 'identifies nobody',
    head: `${stub}<script>chatlog.identify({ userId: 'undefined' })</script>${say + tag()}`,
    ...fine,
    says: /identify: `userId` must name a user/,
  },
  {
    what: 'identifies a user by a number',
    head: `${stub}<script>chatlog.identify({ userId: 7 })</script>${say + tag()}`,
    ...fine,
  },
  ...['windows-1252', 'gbk', 'big5', 'shift_jis', 'euc-kr', 'windows-1251'].map((charset) => ({
    what: `is written in ${charset}`,
    head: `<!--charset=${charset}-->${stub}<script>chatlog.trackMessage({ role: 'user', content: 'Hi \\ud800 x\\n' + 'my contrase\\xf1a: hunter2pass' })</script>${tagWith('data-privacy="redacted"', '/dist/chatlog-observe.js')}`,
    stored: [['user: Hi \ufffd x\nmy contraseña: [key]']],
    state: connected,
  })),
  ...[
    'TextEncoder',
    'fetchLater',
    'BroadcastChannel',
    'indexedDB',
    'crypto',
    'requestIdleCallback',
    'MutationObserver',
    'Blob',
  ].map((name) => ({
    what: `has no ${name}`,
    head: `<script>Object.defineProperty(window, '${name}', { value: undefined, configurable: true })</script>${stub + say + tag()}`,
    ...fine,
    says: /^(chatlog: nothing can be stored here[\s\S]*)?$/,
  })),
  {
    what: 'has no fetch',
    head: `<script>window.fetch = window.fetchLater = undefined</script>${stub + say + tag()}`,
    stored: [],
    says: /no answer from the endpoint|^$/,
    state: { counts: { recorded: 1, delivered: 0, dropped: {} } },
  },
  {
    what: 'has zone.js',
    head: `<script src="/node_modules/zone.js/bundles/zone.umd.js"></script>${stub + say + tag()}`,
    ...fine,
  },
  {
    what: 'opens its document anew',
    head: `${stub + tag()}<script>addEventListener('load', () => setTimeout(() => { document.open(); document.write('<p>New'); document.close(); chatlog.trackMessage({ role: 'user', content: 'Hi' }) }, 500))</script>`,
    ...fine,
  },
]

/** A page's mistakes and surroundings, and what comes of each. */
export const mistakes: readonly Mistake[] = [...attributes, ...surroundings]
