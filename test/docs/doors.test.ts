import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documents } from './snippets.ts'

const index = readFileSync(join(import.meta.dirname, '../../docs/README.md'), 'utf8')

test('docs/README.md leads to every document', () => {
  const linked = [...index.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => `docs/${link}`)
  const missing = documents.filter((path) => !['README.md', 'docs/README.md', ...linked].includes(path))

  expect(missing).toEqual([])
})

test.each(documents.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md'))(
  '%s begins with what one can do after reading it',
  (path) => {
    const [, first = ''] = readFileSync(join(import.meta.dirname, '../..', path), 'utf8').split('\n\n')

    expect(first).toMatch(/^After reading this page you can /)
  },
)
