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
const attributes: readonly Mistake[] = [
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
    says: /^(chatlog: nothing is sent for 15 minutes.*)?$/,
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
export const surroundings: readonly Mistake[] = [
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
    says: /the endpoint never answers|^$/,
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

/** So that three tries fail soon. */
const flushOften = `<script>setInterval(() => window.chatlog.flush?.(), 200)</script>`

/** As in templates of JavaScript, Java and the shell. */
const dollar = (name: string) => ['$', `{${name}}`].join('')

const early = (calls: string) => `${stub}<script>${calls}</script>`
const anyway: Pick<Mistake, 'stored' | 'state'> = fine

/** Values that a template, or whoever pasted the tag, left as they were. */
const pasted: readonly Mistake[] = [
  {
    what: 'has spaces around its key and endpoint',
    head: stub + say + tag('data-api-key=" {key}\n" data-endpoint=" {endpoint} "'),
    ...fine,
  },
  ...['{{ apiKey }}', dollar('API_KEY'), '<%= key %>', 'undefined', 'null'].map((key) => ({
    what: `has the key ${key}, which a template has left`,
    head: stub + say + tag(`data-api-key="${key.replace('<', '&lt;')}" data-endpoint="{endpoint}"`),
    ...refused('`apiKey` must be a WEB key'),
  })),
  {
    what: 'has an endpoint that is a path',
    head: stub + say + tag('data-api-key="{key}" data-endpoint="/conversations"'),
    ...refused('`endpoint` must be an absolute'),
  },
  {
    what: 'has an endpoint that ends in a slash',
    head: stub + say + tag('data-api-key="{key}" data-endpoint="{endpoint}/"'),
    ...fine,
  },
  ...['{origin}', '{origin}/'].map((endpoint) => ({
    what: `has an endpoint without /conversations (${endpoint})`,
    head: stub + say + tag(`data-api-key="{key}" data-endpoint="${endpoint}"`),
    stored: [],
    says: /the endpoint refused a conversation with 404: .*Does `data-endpoint` end in \/conversations\?/,
    state: { waitsFor: 'change' as const, problem: null },
  })),
  ...[
    'None',
    'nil',
    '<nil>',
    '<no value>',
    'NaN',
    '[object Object]',
    '{{ user.id }}',
    dollar('user.id'),
    '<%= id %>',
  ].map((id) => ({
    what: `names the user ${id}, as a template or a text of nothing does`,
    head: stub + say + tagWith(`data-user-id="${id.replace('<', '&lt;')}"`),
    ...fine,
    says: /`userId` is .*, which names nobody/,
  })),
  {
    what: 'wants a cookie of another domain',
    head: stub + say + tagWith('data-cookie-domain="example.org"'),
    ...fine,
    says: /the browser takes no cookie for the `cookieDomain` example\.org: leave it out/,
  },
  {
    what: 'gives the server a word of its own',
    head: stub + say + tagWith('data-server="self-hosted"'),
    ...refused('`server` must be hosted or chatlog'),
  },
  {
    what: 'gives minutes with their unit',
    head: stub + say + tagWith('data-idle-minutes="30m"'),
    ...refused('`idleMinutes` must be a number from'),
  },
  {
    what: 'gives tags as an attribute',
    head: stub + say + tagWith(`data-tags='["docs"]'`),
    ...refused('`tags` must be an array'),
  },
]

/** Calls that are not as they ought to be. */
const calls: readonly Mistake[] = [
  ...['true', "'accepted'", "'Granted'", 'undefined'].map((answer) => ({
    what: `answers the banner with setConsent(${answer})`,
    head: early(`chatlog.setConsent(${answer})`) + say + tagWith('data-consent="pending"'),
    stored: [],
    says: /setConsent: must be granted, denied or pending, got/,
    state: { waitsFor: 'consent' as const },
  })),
  {
    what: 'calls init itself, twice',
    head: `<script src="${src}"></script><script>chatlog.init({ apiKey: '{key}', endpoint: '{endpoint}' }); chatlog.init({ apiKey: '{key}', endpoint: '{endpoint}' }); chatlog.trackMessage({ role: 'user', content: 'Hi' })</script>`,
    ...fine,
  },
  {
    what: 'calls init with apikey',
    head: `<script src="${src}"></script><script>chatlog.init({ apikey: '{key}', endpoint: '{endpoint}' }); chatlog.trackMessage({ role: 'user', content: 'Hi' })</script>`,
    ...refused('is it `apiKey`'),
  },
  ...['', 'null', "'{key}'"].map((given) => ({
    what: `calls init(${given})`,
    head: `<script src="${src}"></script><script>chatlog.init(${given}); chatlog.trackMessage({ role: 'user', content: 'Hi' })</script>`,
    ...refused('`apiKey` must be a WEB key'),
  })),
  ...(
    [
      ["chatlog.trackMessage('Hi')", /message dropped \(invalid\): .*role/],
      ["chatlog.trackMessage({ role: 'bot', content: 'Hi' })", /message dropped \(invalid\): .*role/],
      ["chatlog.trackMessage({ role: 'user' })", /message dropped \(invalid\): .*content/],
      ['chatlog.trackMessage()', /message dropped \(invalid\): /],
      ["chatlog.trackMessages({ role: 'user', content: 'Hi' })", /message dropped \(invalid\): /],
      ["chatlog.identify('u7')", /identify: `userId` must name a user/],
      ["chatlog.identify({ id: 'u7' })", /identify: `userId` must name a user/],
      ["chatlog.appendToMessage('nobody', 'more')", /message dropped \(invalid\): .*/],
      ["chatlog.completeMessage('nobody')", /message dropped \(invalid\): .*/],
      ["chatlog.trackFeedback({ messageId: 'nobody', type: 'up' })", /message dropped \(invalid\): .*/],
      ["chatlog.trackLinkClick('https://example.com')", /message dropped \(invalid\): .*/],
      ["chatlog.on('message', () => {})", /there is no event "message"/],
      ["chatlog.on('delivered')", /your 'delivered' listener threw/],
    ] as const
  ).map(([call, says]) => ({
    what: `calls ${call} before it says something`,
    head: early(call) + say + tag(),
    ...anyway,
    says,
  })),
]

/** A name that the page uses for something of its own, which the browser has used for something else. */
const ownVariables: readonly Mistake[] = [
  ...['URL', 'Element', 'Node', 'Response', 'Event', 'Text', 'Headers', 'Request', 'Error', 'name'],
  ...['status', 'Symbol', 'Intl', 'IDBKeyRange', 'MessageChannel', 'performance', 'CSS', 'TextEncoder'],
  ...['AbortController', 'TextDecoder', 'AbortSignal', 'ReadableStream', 'IDBTransaction', 'navigation'],
].map((name) => ({
  what: `has a variable ${name} of its own`,
  head: `<script>var ${name} = 'the page’s own'</script>${stub + say + tag()}`,
  ...fine,
  says: /^(chatlog: nothing can be stored here[\s\S]*)?$/,
}))

/** Without these, and `Map`, which what drives the page needs itself, the script can do nothing. */
const ownBasics: readonly Mistake[] = ['Set', 'WeakMap', 'WeakSet'].map((name) => ({
  what: `has a variable ${name} of its own`,
  head: `<script>var ${name} = 'the page’s own'</script>${stub + say + tag()}`,
  ...refused(`(${name} is not a constructor|is not a constructor \\(evaluating 'new ${name}\\b)`),
}))

/** More ways in which the script comes into the page, and what is there before it. */
const otherLoaders: readonly Mistake[] = [
  {
    what: 'is written by document.write',
    head: `${stub + say}<script>document.write('<script async src="${src}" data-api-key="{key}" data-endpoint="{endpoint}"></' + 'script>')</script>`,
    ...fine,
  },
  {
    what: 'is held back by a consent tool, and run later',
    head: `${stub + say}<script type="text/plain" data-cookieconsent="statistics" src="${src}" data-api-key="{key}" data-endpoint="{endpoint}"></script>`,
    body: `<script>addEventListener('load', () => { const held = document.querySelector('[type="text/plain"]'); const run = document.createElement('script'); for (const { name, value } of held.attributes) if (name !== 'type') run.setAttribute(name, value); held.replaceWith(run) })</script>`,
    ...fine,
  },
  {
    what: 'is put there anew with each of its pages, as Turbo does with scripts in the body',
    head: stub + say,
    body: `${tag()}<script>addEventListener('load', () => setTimeout(() => { const again = document.createElement('script'); const old = document.querySelector('body script'); for (const { name, value } of old.attributes) again.setAttribute(name, value); old.replaceWith(again) }, 300))</script>`,
    ...fine,
    says: /a second tag is on this page/,
  },
  {
    what: 'has a module loader that throws',
    head: `<script>window.define = () => { throw new Error('anonymous define') }; define.amd = {}; window.require = define; window.module = { exports: {} }; window.exports = module.exports</script>${stub + say + tag()}`,
    ...fine,
  },
  ...['undefined', '{}'].map((instead) => ({
    what: `has ${instead} for a console`,
    head: `<script>window.console = ${instead}</script>${stub + say + tag()}`,
    ...fine,
  })),
  {
    what: 'has no console, and a wrong option',
    head: `<script>window.console = undefined</script>${stub + say + tagWith('data-server="self-hosted"')}`,
    stored: [],
    state: { waitsFor: 'options' },
  },
  {
    what: 'lets nothing be put in the place of its global',
    head: `<script>Object.defineProperty(window, 'chatlog', { value: { page: 1 }, writable: false })</script>${tag()}`,
    stored: [],
    says: /the page keeps `chatlog` for itself: choose another name with data-global/,
    state: null,
  },
  {
    what: 'has deleted what browsers have learnt since 2020',
    head: `<script>
      for (const [owner, names] of [
        [Array.prototype, 'at findLast findLastIndex toSorted toReversed toSpliced with group'],
        [String.prototype, 'at replaceAll isWellFormed toWellFormed'],
        [Object, 'hasOwn groupBy'],
        [Promise, 'any try withResolvers'],
        [AbortSignal, 'any timeout abort'],
        [AbortSignal.prototype, 'throwIfAborted'],
        [Set.prototype, 'union difference intersection'],
        [Element.prototype, 'checkVisibility replaceChildren'],
        [URL, 'parse canParse'],
        [Crypto.prototype, 'randomUUID'],
        [Navigator.prototype, 'locks userAgentData scheduling'],
        [window, 'structuredClone queueMicrotask fetchLater CompressionStream BroadcastChannel scheduler navigation reportError'],
      ]) for (const name of names.split(' ')) delete owner[name]
    </script>${stub + say + tag()}`,
    ...fine,
  },
]

/** What keeps the page from its endpoint. */
const obstacles: readonly Mistake[] = [
  {
    what: 'has a policy without the endpoint in connect-src',
    head: `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">${stub + say + tag()}`,
    body: flushOften,
    stored: [],
    says: /the page’s CSP forbids the endpoint: add it to connect-src/,
    state: { waitsFor: 'endpoint' },
  },
  {
    what: 'has an endpoint that sends no CORS headers',
    head: `${stub + say}<script>document.write('<script async src="${src}" data-api-key="{key}" data-endpoint="http://localhost:' + location.port + '/conversations"></' + 'script>')</script>`,
    body: flushOften,
    stored: [],
    says: /the endpoint never answers: is it an ad blocker or CORS\?/,
    state: { waitsFor: 'endpoint' },
  },
]

/** More of what is there when the script is loaded: names that the page has taken, and other ways into the page. */
export const furtherSurroundings: readonly Mistake[] = [...ownVariables, ...ownBasics, ...otherLoaders]

/** A page's mistakes and surroundings, and what comes of each. */
export const mistakes: readonly Mistake[] = [
  ...attributes,
  ...pasted,
  ...calls,
  ...surroundings,
  ...furtherSurroundings,
  ...obstacles,
]
