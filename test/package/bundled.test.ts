import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPackedProject, type PackedProject } from './packed-project.ts'

const root = join(import.meta.dirname, '../..')

/** What no bundle can have without the script: where it keeps what isn't delivered. */
const marksOfTheScript = /indexedDB|chatlog_visitor/

// `npm test` builds first. A unit run in a tree that was never built has nothing to pack.
describe.skipIf(!existsSync(join(root, 'dist/require/index.cjs')))('the packed package, in a bundle', () => {
  let project: PackedProject
  beforeAll(async () => {
    project = await createPackedProject(['react', 'react-dom'])
  })
  afterAll(() => project.remove())

  /** What a bundler makes of a file, everything inside; for a server as frameworks do, under Node's conditions. */
  async function bundle(code: string, server = false): Promise<string> {
    const entry = await project.write('entry.js', code)
    const conditions = server ? ['node', 'import', 'default'] : ['browser', 'import', 'default']
    const made = await build({
      root: project.folder,
      configFile: false,
      logLevel: 'silent',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        write: false,
        minify: false,
        ssr: server && entry,
        ...(server ? {} : { lib: { entry, formats: ['es'], fileName: 'bundle' } }),
      },
      ssr: { noExternal: true, resolve: { conditions } },
      ...(server ? {} : { resolve: { conditions } }),
    })
    const [output] = [made].flat() as Rolldown.RolldownOutput[]
    return output?.output.flatMap((file) => (file.type === 'chunk' ? [file.code] : [])).join('\n') ?? ''
  }

  test.each([
    `import { fromOpenAI } from 'chatlog/adapters/openai'; console.log(fromOpenAI([]))`,
    `import { fromUIMessages } from 'chatlog/adapters/ai-sdk'; console.log(fromUIMessages([], {}))`,
    `import { fromThreadMessages } from 'chatlog/adapters/assistant-ui'; console.log(fromThreadMessages([]))`,
    `import { fromDeepChat } from 'chatlog/adapters/deep-chat'; console.log(fromDeepChat([]))`,
    `import { fromAgUiEvents } from 'chatlog/adapters/ag-ui'; console.log(fromAgUiEvents([]))`,
    `import { fromActivities } from 'chatlog/adapters/web-chat'; console.log(fromActivities([]))`,
    `import { fromInkeep } from 'chatlog/adapters/inkeep'; console.log(fromInkeep([]))`,
    `import { useChatlog } from 'chatlog/react'; console.log(useChatlog)`,
  ])('%s brings nothing of the script', async (code) => {
    const made = await bundle(code)

    expect(made).toContain('console.log')
    expect(made).not.toMatch(marksOfTheScript)
  })

  test('the script is there when init is imported, and gone when nothing of it is used', async () => {
    expect(await bundle(`import { init } from 'chatlog'; init({ apiKey: 'k' })`)).toMatch(marksOfTheScript)
    expect((await bundle(`import { init } from 'chatlog'`)).trim()).toBe('')
  })

  test('the hook says itself that it belongs to the page, to frameworks whose components run on the server', () => {
    expect(readFileSync(join(project.folder, 'node_modules/chatlog/dist/react.js'), 'utf8')).toMatch(
      /^["']use client["']/,
    )
  })

  test('a component that records is rendered on a server, where nothing is recorded, and bundled for the page', async () => {
    const component = `
      import { createElement } from 'react'
      import { init } from 'chatlog'
      import { useChatlog } from 'chatlog/react'
      const log = init({ apiKey: 'web_key', endpoint: 'https://collector.example.com/conversations' })
      export function Chat({ messages }) {
        useChatlog(messages, { log })
        return createElement('p', null, messages.length + ' message, ' + log.getState().counts.recorded + ' recorded')
      }`
    const messages = `[{ id: 'q1', role: 'user', parts: [{ type: 'text', text: 'Hi' }] }]`
    const onServer = `import { renderToString } from 'react-dom/server'\n${component}
      console.log(renderToString(createElement(Chat, { messages: ${messages} })))`

    await project.write('server.mjs', await bundle(onServer, true))

    expect(await project.node('server.mjs')).toBe('<p>1 message, 0 recorded</p>\n')
    expect(await bundle(component)).toMatch(marksOfTheScript)
  })
})
