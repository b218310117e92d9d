import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { documents } from './snippets.ts'

const root = join(import.meta.dirname, '../..')

/** `## Sending and reading` -> `sending-and-reading`, as GitHub and GitLab do. */
const anchorsOf = (document: string): string[] =>
  [...readFileSync(join(root, document), 'utf8').matchAll(/^#+ (.*)$/gm)].map(({ 1: heading = '' }) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Those of users, and those of who changes the code. */
const linked = [
  ...documents,
  ...['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
]

/** Links and pictures that lead to a file of ours, as they are written; blocks of code are the reader's files. */
const linksOf = (document: string): string[] => {
  const prose = readFileSync(join(root, document), 'utf8').replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/(?:\]\(|\bsrc(?:set)?="|\bhref=")(?!\w+:)([^)"…]+)[)"]/g)].map((match) => match[1] ?? '')
}

/** The file that a link of a document means, from the root. */
const targetOf = (document: string, link: string): string => {
  const [path = ''] = link.split('#')
  return path === '' ? document : relative(root, join(root, dirname(document), path))
}

test.each(linked)('every link of %s to a file of ours leads somewhere', (document) => {
  const broken = linksOf(document).filter((link) => {
    const [, anchor] = link.split('#')
    const target = targetOf(document, link)
    return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
  })

  expect(broken).toEqual([])
})

test('every link of a document in the packed package leads to a file in it', async () => {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: root, maxBuffer: 10_000_000 })
  const packed = new Set((JSON.parse(stdout)[0].files as { path: string }[]).map(({ path }) => path))

  const inPackage = linked.filter((document) => packed.has(document))
  const broken = inPackage.flatMap((document) =>
    linksOf(document)
      .filter(
        (link) => ![...packed].some((path) => `${path}/`.startsWith(`${targetOf(document, link).replace(/\/$/, '')}/`)),
      )
      .map((link) => `${document}: ${link}`),
  )

  expect(inPackage).toContain('README.md')
  expect(broken).toEqual([])
})
