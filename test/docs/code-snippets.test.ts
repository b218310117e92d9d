import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemSchema } from '../../src/contract/problem.ts'
import { createSnippetProject, type SnippetProject } from './snippet-project.ts'
import { hostOf, preludeOf, snippets, snippetsIn } from './snippets.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

test('every block of every document is in a language that some test runs', () => {
  const unknown = snippets.filter(
    ({ language, document }) =>
      !['html', 'http', 'js', 'json', 'mermaid', 'sh', 'text', 'ts'].includes(language) &&
      // Whole projects: test/frameworks builds those that it can, and that page says which.
      document !== 'docs/frameworks.md',
  )

  expect(unknown.map(({ place }) => place)).toEqual([])
})

test.each(snippetsIn('json'))('$place is a problem as the contract has it', ({ code }) => {
  expect(() => problemSchema.strict().parse(JSON.parse(code))).not.toThrow()
})

// `npm test` builds first. A unit run in a tree that was never built has no package to install.
describe.skipIf(!existsSync(join(root, 'dist/collector.js')))('in a project that has chatlog installed', () => {
  let project: SnippetProject

  beforeAll(async () => {
    project = await createSnippetProject([
      '@types/node',
      'playwright',
      'playwright-core',
      'hono',
      'vitest',
      '@vitest/browser-playwright',
      'zod',
      'react',
      '@types/react',
    ])
  })
  afterAll(() => project.remove())

  test('every block of TypeScript and JavaScript passes the compiler as it stands', async () => {
    // Next itself is not installed here.
    const checked = snippetsIn('ts', 'js', 'tsx').filter(({ code }) => !code.includes("from 'next/"))
    const names = checked.map(
      ({ place, language }) => `${place.replace(/\W/g, '-')}.${language === 'tsx' ? 'tsx' : 'ts'}`,
    )
    for (const [index, snippet] of checked.entries()) {
      await project.write(names[index] as string, `${preludeOf(snippet)}${snippet.code}\nexport {}\n`)
    }
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: true, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'] },
      ...{ module: 'nodenext', jsx: 'react-jsx', types: ['node'] },
    }
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: names }))

    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const compiled = run(process.execPath, [compiler, '--project', project.folder], { cwd: project.folder })
    const { stdout } = await compiled.catch((failure: { stdout: string }) => failure)

    expect(names.length).toBeGreaterThan(0)
    expect(stdout).toBe('')
  })

  test.each(snippetsIn('ts').filter((snippet) => hostOf(snippet) === 'node'))(
    '$place runs in Node to its end',
    async ({ code }) => {
      const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext } })

      const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', outputText], {
        cwd: project.folder,
      })

      expect(stderr).toBe('')
      expect(stdout).toMatch(/^0 conversations$|^stored \S+\n200$/m)
    },
  )
})
