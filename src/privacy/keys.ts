import { withoutEnd } from './without-end.ts'

/** Shapes of keys that are known by their beginning. */
const shapes = [
  'sk-[\\w-]{16,}', // OpenAI, Anthropic
  '(?:sk|pk|rk)_(?:live|test)_\\w{10,}', // Stripe
  'whsec_\\w{16,}',
  'gh[pousr]_\\w{20,}', // GitHub
  'github_pat_\\w{20,}',
  'glpat-[\\w-]{16,}', // GitLab
  'xox[abeoprs]-[\\w-]{10,}', // Slack
  '(?:AKIA|ASIA|AIDA|AROA)[A-Z\\d]{16}', // AWS
  'AIza[\\w-]{30,}', // Google
  'ya29\\.[\\w-]{20,}',
  'npm_\\w{30,}',
  'pypi-[\\w-]{20,}',
  'hf_\\w{20,}', // Hugging Face
  'dop_v1_\\w{20,}', // DigitalOcean
  'shp(?:at|ca|pa|ss)_\\w{20,}', // Shopify
  'sq0\\w{3}-[\\w-]{20,}', // Square
  'key-[\\da-f]{32}', // Mailgun
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}', // SendGrid
  '(?:SK|AC)[\\da-f]{32}', // Twilio
  '\\d{8,10}:AA[\\w-]{30,}', // Telegram
  '(?:api|web)_(?=\\w*\\d)[A-Za-z\\d]{16,}', // chatlog
  'eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*', // JSON Web Token
]

const knownKey = new RegExp(`(^|[^\\w-])(?:${shapes.join('|')})`, 'g')

const privateKey = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g

/** `Authorization: Bearer …`. The next word of "bearer of news" has no digit and no capital inside. */
const schemeAndCredentials =
  /\b((?:(?:[Bb]earer|BEARER|[Bb]asic|BASIC):?|[Tt]oken(?=[ \t]+\S{16}))[ \t]+)(?=\S*(?:\d|[a-z][A-Z]))[\w.~+/=-]{8,}/g

const secretName =
  '[\\w-]{0,40}(?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|passphrase|pwd|passwort|kennwort|mot de passe|contraseña)(?:s|key|value|[_-][\\w-]{0,20}|\\d{1,3})?'

/** `password: hunter2`, `API_KEY="…"`, `my password is hunter2`. */
const namedSecret = new RegExp(
  `((?:^|[^\\w-])${secretName}["']?[ \\t]{0,3}(?:[:=]|\\bis\\b:?|\\bist\\b:?|\\best\\b:?)[ \\t]{0,3}["']?)(?!&)([^\\s"',;<>{}()\\[\\]$]{6,})`,
  'giu',
)

/** Whether a value is no secret but a word, or a name in code: `string`, `process.env.API_KEY`, `YOUR_API_KEY`. */
const isNoSecret = (value: string): boolean =>
  !/[\d!#%&*+?@^~]/.test(withoutEnd(value, /[.!?:]/)) ||
  /^(process\.env|import\.meta|os\.environ|your|https?:)/i.test(value)

/** Whether a member of this name holds a secret, whatever its value looks like. */
export const namesSecret = (name: string): boolean => new RegExp(`^${secretName}$`, 'iu').test(name)

/** The text with each API key, bearer token, private key and named password in it replaced by `[key]`. */
export const withoutKeys = (text: string): string =>
  text
    .replace(privateKey, '[key]')
    .replace(knownKey, '$1[key]')
    .replace(schemeAndCredentials, '$1[key]')
    .replace(namedSecret, (found, name, value) => (value === '[key]' || isNoSecret(value) ? found : `${name}[key]`))
