import { dirname, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type SourceFile, sourceFilesOf } from './source-files.ts'

/**
 * The rooms of each folder, lowest first: a room imports rooms that stand before it, never one that stands after.
 * `''` is the folder's own files, which put the rooms together; `leaves` are those of them that every room may import.
 */
const houses: Record<string, { rooms: string[]; leaves: string[] }> = {
  'src/script': {
    rooms: ['reconcile', 'conversation', 'store', 'who', 'record', 'deliver', ''],
    leaves: ['chatlog.ts', 'happening.ts', 'json.ts', 'ledger.ts', 'lists.ts', 'options.ts', 'platform.ts'],
  },
  'src/collector': {
    rooms: [
      ...['store', 'sqlite', 'postgres', 'conversations', 'openapi', 'http', 'live-view', 'serve', 'command-line'],
      '',
    ],
    leaves: ['clean-json.ts', 'describe-error.ts', 'error-code.ts', 'problem-error.ts', 'theme.css'],
  },
  'src/observe': { rooms: ['read', 'recognize', 'record', 'watch', ''], leaves: [] },
}

/** Every import that is written, types included: whoever names a type knows the file. */
const importsOf = ({ path, text }: SourceFile): string[] =>
  [...text.matchAll(/from '(\.[^'?]+)/g)].map(([, name = '']) => posix.join(dirname(path), name))

const imports = new Map(sourceFilesOf('src').map((file) => [file.path, importsOf(file)]))

describe.each(Object.entries(houses))('%s', (house, { rooms, leaves }) => {
  const roomOf = (path: string) => rooms.find((room) => room && path.startsWith(`${house}/${room}/`)) ?? ''
  const isLeaf = (path: string) => leaves.includes(path.slice(house.length + 1))

  test('has no room but those', () => {
    const folders = [...imports.keys()]
      .filter((path) => path.startsWith(`${house}/`) && path.slice(house.length + 1).includes('/'))
      .map((path) => path.slice(house.length + 1).split('/')[0])

    expect([...new Set(folders)].sort()).toEqual(rooms.filter(Boolean).sort())
  })

  test('imports in one direction', () => {
    const against = [...imports].flatMap(([path, names]) =>
      path.startsWith(`${house}/`)
        ? names
            .filter((name) => name.startsWith(`${house}/`) && !isLeaf(name) && !isLeaf(path))
            .filter((name) => rooms.indexOf(roomOf(name)) > rooms.indexOf(roomOf(path)))
            .map((name) => `${path} -> ${name}`)
        : [],
    )

    expect(against).toEqual([])
  })
})

test('no file imports itself by way of others', () => {
  const circles = [...imports.keys()].flatMap((path) => {
    const seen = new Set<string>()
    const visit = (name: string): string[] => {
      if (seen.has(name)) return []
      seen.add(name)
      for (const next of imports.get(name) ?? []) {
        if (next === path) return [name, next]
        const way = visit(next)
        if (way.length) return [name, ...way]
      }
      return []
    }
    const way = visit(path)
    return way.length ? [way.join(' -> ')] : []
  })

  expect(circles).toEqual([])
})
