import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { createPackedProject, type PackedProject } from './packed-project.ts'

const root = join(import.meta.dirname, '../..')
const toolOf = (path: string) => join(root, 'node_modules', path)
const entries = Object.keys(packageJson.exports)
  .filter((name) => name !== './package.json')
  .map((name) => `chatlog${name.slice(1)}`)

// `npm test` builds first. A unit run in a tree that was never built has nothing to pack.
describe.skipIf(!existsSync(join(root, 'dist/require/index.cjs')))('the packed package, installed', () => {
  let project: PackedProject
  beforeAll(async () => {
    project = await createPackedProject([...Object.keys(packageJson.peerDependencies), 'playwright-core'])
  })
  afterAll(() => project.remove())

  test('has nothing that publint would have otherwise', async () => {
    expect(await project.node(toolOf('publint/src/cli.js'), 'run', '--strict', project.tarball)).toContain('All good!')
  })

  test('has the right types in every way of resolving them, node10 and require included', async () => {
    const printed = await project.node(toolOf('@arethetypeswrong/cli/dist/index.js'), project.tarball, '--format=json')

    const { analysis, problems = {} } = JSON.parse(printed)
    expect(problems).toEqual({})
    expect(Object.keys(analysis.entrypoints)).toHaveLength(entries.length + 1)
  })

  test('is imported and required under every name, and gives the same both times', async () => {
    await project.write(
      'same.cjs',
      `const names = ${JSON.stringify(entries)}
      Promise.all(names.map(async (name) => {
        const [imported, required] = [await import(name), require(name)]
        return Object.keys(imported).filter((key) => key !== 'default' && imported[key] !== required[key])
          .concat(Object.keys(required).filter((key) => !(key in imported))).map((key) => name + ': ' + key)
      })).then((different) => console.log(JSON.stringify(different.flat())))`,
    )

    expect(JSON.parse(await project.node('same.cjs'))).toEqual([])
  })

  test.each([
    ['bundler', 'esnext', ['page.ts']],
    ['node16', 'node16', ['page.mts', 'page.cts']],
  ])(
    'says the same to a compiler with moduleResolution %s, module %s, in %s',
    async (moduleResolution, module, files) => {
      for (const file of files) await copyFile(join(import.meta.dirname, 'public-types.ts'), join(project.folder, file))
      const compilerOptions = {
        ...{ module, moduleResolution, noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: 'es2022' },
        ...{ lib: ['es2023', 'dom', 'dom.iterable'], types: [], skipLibCheck: false },
        // React's own types are the reader's to install.
        paths: { react: [toolOf('@types/react/index.d.ts')] },
      }
      await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))

      expect(await project.node(toolOf('typescript/bin/tsc'))).toBe('')
    },
  )
})
