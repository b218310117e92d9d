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

/** Texts that make patterns look again from every character: what they repeat, and an end that never fits. */
function hostileTexts(length: number): string[] {
  const units = [
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
  ]
  const pairs = [
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
  return [...units, ...pairs].flatMap((unit) => {
    const text = unit.repeat(length / unit.length)
    return [text, `${text}\u0001`, `\u0001${text}`, `a@${text}`, `http://${text}`]
  })
}

/** Processor time of this process, in milliseconds: what other processes do meanwhile isn't in it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/**
 * Whether a pattern takes more than that many milliseconds of the processor to look through a text from every place. One
 * quick try says no: a try may have compiling or the collection of garbage in it, and of 60 some haven't.
 */
function isSlower({ pattern }: Pattern, text: string, ms: number): boolean {
  const all = new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`)
  for (let tries = 0; tries < 60; tries++) {
    const startedAt = processorMs()
    text.replace(all, '')
    if (processorMs() - startedAt <= ms) return false
  }
  return true
}

test('no pattern in the source takes more than its length’s time over a hostile text', async () => {
  const built = await builtPatterns()
  const patterns = [...files.flatMap(patternsOf), ...built]
  expect(built.length).toBeGreaterThan(2)
  expect(patterns.length).toBeGreaterThan(50)

  // A quadratic pattern takes some 20 ms for 4,000 characters, and 400 times as long for the 80,000 of a message.
  const slow = patterns.flatMap((pattern) =>
    hostileTexts(4_000)
      .filter((text) => isSlower(pattern, text, 4))
      .map((text) => `${pattern.where} ${pattern.pattern} on ${JSON.stringify(text.slice(0, 12))}`),
  )

  expect(slow).toEqual([])
})
