import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A fenced block of one of the documents, as it stands there. */
export interface Snippet {
  /** `docs/qa.md:7`, so that a failure names the place. */
  place: string
  document: string
  /** What stands behind the fence: `ts`, `sh`. */
  language: string
  code: string
}

/** The documents for users, from the root; decision notes are for who changes the code. */
export const documents: readonly string[] = [
  'README.md',
  ...['docs', 'docs/evidence'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
]

/** Every fenced block of every document, in their order. */
export const snippets: readonly Snippet[] = documents.flatMap(snippetsOf)

/** The blocks of one language. */
export const snippetsIn = (...languages: string[]): Snippet[] =>
  snippets.filter(({ language }) => languages.includes(language))

function snippetsOf(document: string): Snippet[] {
  const text = readFileSync(join(root, document), 'utf8')
  return [...text.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    place: `${document}:${text.slice(0, index).split('\n').length}`,
    document,
    language,
    code,
  }))
}

/** Where a TypeScript block runs: in a page, in Node, in Vitest, or in Playwright; there, against a fake collector or the demos. */
export function hostOf({ code }: Snippet): 'page' | 'node' | 'playwright' | 'fake' | 'vitest' {
  if (code.includes("from 'vitest")) return 'vitest'
  if (code.includes("from 'chatlog/testing")) return 'fake'
  if (code.includes("from 'playwright/test'")) return 'playwright'
  return code.includes("from 'chatlog/collector'") ? 'node' : 'page'
}

/** What a block that goes on from an earlier one takes for granted. */
export function preludeOf({ language, code }: Snippet): string {
  if (language === 'js') return `import type { Chatlog } from 'chatlog'\ndeclare const chatlog: Chatlog\n`
  if (!/\blog\./.test(code) || /\blog = init\(/.test(code)) return ''
  return `import { init } from 'chatlog'
const log = init({ apiKey: 'WEB_KEY', endpoint: 'http://127.0.0.1:8081/conversations' })\n`
}
