import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { usage } from '../../src/collector/command-line/usage.ts'
import { type SenderAction, senderActionFor } from '../../src/contract/sender-action.ts'
import { type InitOptions, resolveOptions } from '../../src/script/options.ts'
import { codesIn, type Row, tablesOf } from '../contract/markdown-tables.ts'
import { memberFields, memberNames, numberOf, textsSaid, unionTexts } from './code-facts.ts'
import { snippetsIn } from './snippets.ts'

/** The table of a document that has this column. */
function tableWith(column: string, document = 'docs/reference.md'): Row[] {
  const table = tablesOf(document).find(([row]) => row !== undefined && column in row)
  if (!table) throw new Error(`${document} has no table with a column "${column}"`)
  return table
}

const codeOf = (cell: string | undefined): string => codesIn(cell)[0] ?? ''

describe('the table of options', () => {
  const rows = tableWith('on the tag')

  test('names every option and no other', () => {
    expect(rows.map(({ option }) => codeOf(option))).toEqual(memberNames('InitOptions'))
  })

  test('states the defaults', () => {
    const defaults: Record<string, unknown> = { ...resolveOptions({ apiKey: 'k' }), apiKey: undefined }
    for (const row of rows) {
      const stated = /^`([^`]*)`$/.exec(row.default ?? '')?.[1]
      expect([row.option, stated && JSON.parse(stated)]).toEqual([row.option, defaults[codeOf(row.option)]])
    }
  })

  test('gives every option of text, number or boolean its data-* twin', () => {
    const notText: (keyof InitOptions)[] = ['beforeStore', 'properties', 'tags']
    for (const row of rows) {
      const name = codeOf(row.option)
      const twin = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      expect(codeOf(row['on the tag'])).toBe(notText.includes(name as keyof InitOptions) ? '' : twin)
    }
  })
})

test('the table of calls names every method and no other', () => {
  const named = tableWith('call').map(({ call }) => codeOf(call).replace(/\(.*/, ''))

  expect(named.sort()).toEqual(memberNames('Chatlog').sort())
})

test('the stub queues every method but getState, whose answer can’t wait', () => {
  const stubs = snippetsIn('html').filter(({ code }) => code.includes('q: []'))
  const methods = memberNames('Chatlog').filter((name) => name !== 'getState')

  expect(stubs.length).toBeGreaterThan(1)
  for (const { code } of stubs) {
    const [, list = ''] = /for \(const name of \[(.*?)\]/s.exec(code) ?? []
    expect([...list.matchAll(/'(\w+)'/g)].map((match) => match[1]).sort()).toEqual([...methods].sort())
  }
})

test('the stub of the documents is the file `dist/chatlog-stub.js`', () => {
  const squeezed = (code: string) => code.replace(/\s+/g, ' ').trim()
  const stub = squeezed(readFileSync(new URL('../../src/stub/chatlog-stub.js', import.meta.url), 'utf8'))
  const stubs = snippetsIn('html').filter(({ code }) => code.includes('q: []'))

  for (const { place, code } of stubs) expect(squeezed(code), place).toContain(`<script> ${stub} </script>`)
})

test('the table of events names every event with its fields', () => {
  const stated = tableWith('its fields').map((row) => [codeOf(row.event), codesIn(row['its fields'])])

  expect(Object.fromEntries(stated)).toEqual(memberFields('ChatlogEvents'))
})

describe('the tables of reasons', () => {
  test.each([
    [
      'dropped',
      'DropReason',
      textsSaid(/'(\w+)'/g, /^src\/script\/(record\/|deliver\/leftovers\.ts|(consented|start)\.ts)/),
    ],
    ['pending', 'PendingReason', textsSaid(/'(\w+)'/g, /^src\/script\/deliver\//)],
  ])('name every reason of %s, and say of which nothing reports them yet', (column, type, said) => {
    const rows = tableWith(column)
    const silent = rows.filter(({ because }) => because === 'not reported yet').map((row) => codeOf(row[column]))

    expect(rows.map((row) => codeOf(row[column])).sort()).toEqual(unionTexts(type).sort())
    expect(silent.sort()).toEqual(
      unionTexts(type)
        .filter((reason) => !said.has(reason))
        .sort(),
    )
  })
})

test('the table of statuses says of every status what the sender does', () => {
  const words: Record<string, SenderAction> = {
    delivered: 'delivered',
    'tries later': 'retry',
    'gives it up: every body is already smaller': 'refused',
    'gives it up, reports why': 'refused',
    'stops after three': 'blocked',
  }
  const rows = tableWith('what the sender does')
  const covers = (cell: string, status: number) =>
    cell.split(', ').some((range) => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return status >= from && status <= to
    })
  for (let status = 200; status < 600; status++) {
    const row = rows.find((row) => covers(row.status ?? '', status)) ?? rows.find((row) => row.status === 'any other')
    const does = row?.['what the sender does'] ?? ''
    const word = Object.keys(words).find((word) => does.startsWith(word)) ?? ''
    expect([status, words[word]]).toEqual([status, senderActionFor(status)])
  }
})

test('the table of limits states the numbers of the code', () => {
  for (const row of tableWith('in the code')) {
    const stated = Number((row.value ?? '').replace(/,/g, '').replace(/ .*/, ''))
    expect([row['in the code'], stated]).toEqual([row['in the code'], numberOf(codeOf(row['in the code']))])
  }
})

describe('the commands', () => {
  test('that the README names exist, and nothing else is needed to set up', () => {
    const scripts = snippetsIn('sh').flatMap(({ code }) => [...code.matchAll(/^npm (start|test|run [\w:]+)/gm)])
    const names = scripts.map((match) => match[1]?.replace('run ', '') ?? '')

    expect(names).toEqual(['start', 'test'])
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining([...names, 'prestart', 'pretest', 'docs']))
  })

  test('of the collector are those of its help', () => {
    const lines = usage.split('\n').filter((line) => line.startsWith('  chatlog-collector'))
    const commands = lines.map((line) => line.trim().replace(/ (\[|--|KEY).*/, ''))

    expect(tableWith('command', 'docs/collector.md').map(({ command }) => codeOf(command))).toEqual(commands)
  })

  test('of the collector have the options and defaults of its help', () => {
    const inHelp = [...usage.matchAll(/^ {2}(--\w[\w-]*) {2,}\S.*?(?:\((\S+)\))?$/gm)].map(([, name, value]) => [
      name,
      value === 'any' || value === 'never' ? '' : (value ?? ''),
    ])
    const stated = tableWith('option', 'docs/collector.md').map((row) => [codeOf(row.option), codeOf(row.default)])

    expect(stated).toEqual(inHelp)
  })
})
