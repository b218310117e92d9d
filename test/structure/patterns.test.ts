import ts from 'typescript'
import { expect, test, vi } from 'vitest'
import { sourceFilesOf } from './source-files.ts'

type Pattern = { where: string; pattern: RegExp }

/** Every regular expression that is written in a source file. */
function patternsOf({ path, syntax }: ReturnType<typeof sourceFilesOf>[number]): Pattern[] {
  const patterns: Pattern[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? []
      const line = syntax.getLineAndCharacterOfPosition(node.getStart()).line + 1
      patterns.push({ where: `${path}:${line}`, pattern: new RegExp(source, flags) })
    }
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return patterns
}

// A published package, as text in one line: not ours to mend, and it reads no text of visitors.
const files = sourceFilesOf('src').filter(({ path }) => !path.endsWith('uplot.js'))

/** The expressions that modules put together from pieces as they are loaded. */
async function builtPatterns(): Promise<Pattern[]> {
  const patterns: Pattern[] = []
  const builders = files.filter(({ text }) => text.includes('new RegExp('))
  // Another test file of this worker may have loaded them already, and built their expressions then.
  vi.resetModules()
  for (const { path } of builders) {
    vi.stubGlobal(
      'RegExp',
      class extends RegExp {
        constructor(pattern: string, flags?: string) {
          super(pattern, flags)
          patterns.push({ where: path, pattern: new OrdinaryRegExp(pattern, flags) })
        }
      },
    )
    await import(`../../${path}`)
    vi.unstubAllGlobals()
  }
  return patterns
}

const OrdinaryRegExp = RegExp

/** Characters and pairs that many patterns repeat. */
const commonUnits = [
  '\n',
  ' ',
  '\t',
  '"',
  "'",
  'a',
  '1',
  '0',
  '-',
  '.',
  '/',
  '%',
  '<',
  '[',
  '(',
  '=',
  '+',
  '@',
  ':',
  ';',
  ',',
  '\r\n',
  ' \n',
  'a.',
  'a-',
  '1 ',
  '1-',
  '1.',
  '+1 ',
  'a@',
  '/a',
  '%2',
  'a=',
  'a: ',
  '\\"',
  '<a',
  '[a',
  ' "',
]

/** What a pattern is to be given again and again: what many patterns repeat, and its own words, as names join them. */
function unitsFor({ source }: RegExp): string[] {
  const words = [...source.matchAll(/[\p{L}\d]{3,}|[^\p{ASCII}]/gu)].map(([word]) => word)
  const joined = words.flatMap((word) => [word, `-${word}`, `_${word}__`, ` ${word} `, `,"${word}":`, `${word}(`])
  return [...new Set([...commonUnits, ...joined])]
}

/** Texts that make a pattern look again from every character: such units repeated, and an end that never fits. */
function hostileTexts(pattern: RegExp, length: number): string[] {
  return unitsFor(pattern).flatMap((unit) => {
    const text = unit.repeat(length / unit.length)
    return [text, `${text}\u0001`, `${text}x`, `\u0001${text}`, `a@${text}`, `http://${text}`]
  })
}

/** Processor time of this process, in milliseconds: what other processes do meanwhile isn't in it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** What a pattern costs to look through a text from every place, in milliseconds of the processor. */
function costOf(pattern: RegExp, text: string): number {
  const startedAt = processorMs()
  text.replace(pattern, '')
  return processorMs() - startedAt
}

/** For each space it reads all that follow: as many steps as the text has characters, squared. */
const quadratic = /\s+$/g

/**
 * Whether a pattern costs more than a fifth of what a quadratic one costs on a text of that length. They are measured in
 * turn: a busy machine slows both. One cheap try says no, as a try may have compiling or the collection of garbage in it.
 */
function isQuadratic(pattern: RegExp, text: string): boolean {
  const all = new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`)
  const spaces = `${' '.repeat(text.length)}x`
  for (let tries = 0; tries < 20; tries++) {
    const cost = costOf(all, text)
    // Most take next to nothing: what is quadratic never does, on any machine.
    if (cost < 1 || cost * 5 < costOf(quadratic, spaces)) return false
  }
  return true
}

test('no pattern in the source takes more than its length’s time over a hostile text', async () => {
  const built = await builtPatterns()
  const patterns = [...files.flatMap(patternsOf), ...built]
  expect(built.length).toBeGreaterThan(2)
  expect(patterns.length).toBeGreaterThan(50)
  expect(isQuadratic(quadratic, `${' '.repeat(4_000)}x`)).toBe(true)

  const slow = patterns.flatMap(({ where, pattern }) => {
    const text = hostileTexts(pattern, 4_000).find((text) => isQuadratic(pattern, text))
    return text === undefined ? [] : [`${where} ${pattern} on ${JSON.stringify(text.slice(0, 24))}`]
  })

  expect(slow).toEqual([])
})
