import { readFileSync } from 'node:fs'

/** The built file that the pages load; another one with the same promises is tried by naming it here. */
const tagFile = process.env.CHATLOG_TAG ?? 'chatlog.js'

/** Whether the pages load the tag that loads its core later. */
export const isLazy = tagFile === 'chatlog-lazy.js'
/** Whether a page may be left before its core is there. */
export const isCoreLate = isLazy && process.env.CHATLOG_CORE !== 'at once'

/** What a test's page holds. */
export interface ChatPage {
  title?: string
  /** Inside `<head>`, before everything of chatlog. */
  head?: string
  /** Inside `<body>`. */
  body?: string
  /** Attributes of the tag beyond key and endpoint, without `data-`; `null` leaves one out. */
  tag?: Record<string, string | null>
  /** Code that runs before the tag has loaded, with the stub of the README in place. */
  early?: string
}

const stub = readFileSync(new URL('../../src/stub/chatlog-stub.js', import.meta.url), 'utf8')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/** The tag, as a site owner pastes it. */
export function scriptTag(attributes: Record<string, string | null>): string {
  const data = Object.entries(attributes)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([name, value]) => ` data-${name}="${escaped(value)}"`)
  return `<script async src="/dist/${tagFile}"${data.join('')}></script>`
}

/** A page of a site with the tag on it. */
export function chatPageHtml(page: ChatPage, { webKey, endpoint }: { webKey: string; endpoint: string }): string {
  const { title = 'A page', head = '', body = '', tag = {}, early } = page
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${head}
${early === undefined ? '' : `<script>${stub}\n${early}</script>`}
${scriptTag({ 'api-key': webKey, endpoint, ...tag })}
</head>
<body>${body}</body>
</html>`
}
