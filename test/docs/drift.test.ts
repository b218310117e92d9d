import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createJournal } from '../../src/script/store/journal.ts'
import { pageGlobalsReadBy } from '../structure/globals.ts'
import { sourceFilesOf } from '../structure/source-files.ts'
import { memberNames } from './code-facts.ts'

const root = join(import.meta.dirname, '../..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8').replace(/\s+/g, ' ')

describe('what the documents say is kept in localStorage', () => {
  /** How the documents call each field of the memo. A new field needs its words here and there. */
  const words: Record<string, RegExp> = {
    visitorId: /two random ids|the same id|copy of the visitor's id/,
    secret: /two random ids|secret/,
    domain: /domain/,
    renewedAt: /date/,
    resetAt: /last logout/,
    blocked: /pause|key is refused/,
  }
  const said: [string, RegExp][] = [
    ['docs/reference.md', /It writes nothing to the site's localStorage except .*?the journal\./],
    ['docs/privacy.md', /the browser's localStorage, .*?sessionStorage/],
    ['docs/site-owners.md', /in localStorage \(`chatlog`\) .*?sessionStorage/],
  ]

  test.each(said)('%s names every field of the memo', (path, passage) => {
    const [text = ''] = passage.exec(textOf(path)) ?? []

    expect(memberNames('MemoFields').sort()).toEqual(Object.keys(words).sort())
    expect(Object.entries(words).filter(([, word]) => !word.test(text))).toEqual([])
  })

  test('docs/privacy.md names the key of the journal as it is', () => {
    const keys: string[] = []
    const localText = { get: () => null, set: (key: string) => void keys.push(key), remove() {}, keys: () => [] }
    createJournal({ localText } as never, 'chatlog', 'tab', (id) => id).write(new Set([{ rows: [{} as never] }]))

    expect(keys.map((key) => key.replace(/tab$/, '…'))).toEqual(['chatlog:…'])
    expect(textOf('docs/privacy.md')).toContain('`chatlog:…`')
  })
})

test('.ci needs Node alone; what needs packages stands in .ci/with-packages', () => {
  const files = readdirSync(join(root, '.ci')).filter((name) => name.endsWith('.js'))
  const imported = files.flatMap((name) =>
    [...readFileSync(join(root, '.ci', name), 'utf8').matchAll(/^(?:import|export) .*?from '([^']+)'/gm)].map(
      ([, from = '']) => `${name}: ${from}`,
    ),
  )

  expect(imported.length).toBeGreaterThan(10)
  expect(imported.filter((line) => !/: (node:|\.\/(?!with-packages))/.test(line))).toEqual([])
})

test('CONTRIBUTING.md names every step of npm test', () => {
  const steps = [...textOf('.ci/test.js').matchAll(/step(?:OnBuild)?\( ?'([\w ]+)', \['/g)].map(([, name = '']) => name)
  const [, line = ''] = /npm test # (.*?);/.exec(textOf('CONTRIBUTING.md')) ?? []

  expect(line.split(', ').sort()).toEqual(steps.filter((name) => name !== 'engines').sort())
})

test('platform.ts says where the files are named that touch the page', () => {
  const touching = sourceFilesOf('src/script').filter((file) => pageGlobalsReadBy(file).length > 0)

  expect(touching.length).toBeGreaterThan(1)
  expect(textOf('src/script/platform.ts')).toContain('test/structure/import-borders.test.ts')
})

describe('the folder in which the demos store', () => {
  const [, folder = ''] = /CHATLOG_DATA \|\| '([^']+)'/.exec(textOf('demo/server/serve.js')) ?? []

  test('is not the collector’s own, so that the first conversation of one’s own page finds an empty live view', () => {
    const [, own = ''] = /\?\? '\.\/([^']+)'/.exec(textOf('src/collector/command-line/settings.ts')) ?? []

    expect(own).toBe('chatlog-data')
    expect(folder).not.toBe(own)
  })

  test('is the one that the documents name, and no commit contains it', () => {
    expect(textOf('docs/qa.md')).toContain(`keys add --type api --data ${folder} `)
    expect(textOf('docs/widget-developers.md')).toContain(`${folder}/demo-keys.json`)
    expect(textOf('CHANGELOG.md')).toContain(`\`${folder}\``)
    expect(textOf('.gitignore')).toContain(`${folder}/`)
  })
})
