import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, type RunningScript, runScript, startScript } from './shell.ts'
import { createSnippetProject, type SnippetProject } from './snippet-project.ts'
import { type Snippet, snippetsIn } from './snippets.ts'

const root = join(import.meta.dirname, '../..')
const blocks = snippetsIn('sh')

const serves = ({ code }: Snippet) => /^npx chatlog-collector --port/m.test(code)
const setsUp = ({ code }: Snippet) => code.startsWith('npm start')
const packs = ({ code }: Snippet) => code.startsWith('npm pack')
const others = blocks.filter((block) => !serves(block) && !setsUp(block) && !packs(block))

/** What the blocks that run to their end leave to be seen, in their order. */
const shown: Record<string, RegExp[]> = {
  'docs/qa.md': [/^API_KEY=api_\w+$/m],
  'docs/collector.md': [/^WEB_KEY=web_\w+$/m, /^API_KEY=api_\w+$/m, /"total":\d/, /"content":"Hello"/, /"status":"ok"/],
  'docs/troubleshooting.md': [/^access-control-allow-origin: \*/im, /^access-control-allow-headers:.*authorization/im],
}

// `npm test` builds first. A unit run in a tree that was never built has no command line.
describe.skipIf(!existsSync(join(root, 'dist/collector.js')))('the shell blocks of the documents', () => {
  let project: SnippetProject
  let port = 0
  let collector: RunningScript | null = null

  beforeAll(async () => {
    project = await createSnippetProject()
    port = await freePort()
  })
  afterAll(async () => {
    await collector?.end()
    await project.remove()
  })

  /** The documents' own port may be taken here. */
  const onFreePort = (code: string) => code.replaceAll('8787', String(port))

  test.each(blocks.filter(setsUp))('$place: the first command starts the demos', async ({ code }) => {
    const [first = ''] = code.split('\n')
    const environment = { PORT: '0', CHATLOG_DATA: join(project.folder, 'demo-data') }
    const demo = await startScript(first, /^chatlog demo on http:\S+$/m, { cwd: root, environment })

    const [, address = ''] = /demo on (\S+)/.exec(demo.output()) ?? []
    const page = await fetch(address)
    await demo.end()

    expect(await page.text()).toContain('Documentation site')
    await expect(fetch(address)).rejects.toThrow()
  })

  test.each(blocks.filter(packs))('$place makes the file that it names', async ({ code }) => {
    const packed = join(project.folder, 'packed')
    mkdirSync(packed)

    await runScript(code, { cwd: root, environment: { npm_config_pack_destination: packed } })

    expect(readdirSync(packed)).toEqual([/makes (\S+)/.exec(code)?.[1]])
  })

  test.each(blocks.filter(serves))('$place makes keys and serves', async ({ code }) => {
    await collector?.end()
    collector = await startScript(onFreePort(code), /^chatlog collector on http:\S+$/m, { cwd: project.folder })

    expect(collector.output()).toMatch(/^web_\w+$/m)
    expect(collector.output()).toMatch(/^api_\w+$/m)
    expect(collector.output()).toContain(`http://127.0.0.1:${port}`)
  })

  test.each(others)('$place does what it says', async ({ document, code }) => {
    const script = `${onFreePort(code)}\necho\nenv | grep _KEY= || true`

    const output = await runScript(script, { cwd: project.folder })

    expect(shown[document]).toBeDefined()
    for (const pattern of shown[document] ?? []) expect(output).toMatch(pattern)
  })
})
