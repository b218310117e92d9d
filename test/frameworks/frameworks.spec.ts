import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { snippetsIn } from '../docs/snippets.ts'
import { expect, flush, type Site, say, started, test } from '../e2e/fixtures.ts'
import type { TestCollector } from '../e2e/test-collector.ts'

/** A site that is built with a snippet of docs/frameworks.md, as it stands there but for key and addresses. */
interface FrameworkSite {
  name: string
  /** Language of the snippet's block, and what only this one of that language holds. */
  language: string
  holds?: string
  /** Files of the site by their paths. */
  files: (snippet: string) => Record<string, string>
  /** Below `node_modules/.bin`, with what it is given. */
  command: [program: string, ...args: string[]]
  /** Where the pages are when it is built. */
  built: string
}

const sites: FrameworkSite[] = [
  {
    name: 'VitePress',
    language: 'mts',
    files: (snippet) => ({
      '.vitepress/config.mts': snippet,
      'index.md': '# Docs\n',
      'package.json': '{"type":"module"}',
    }),
    command: ['vitepress', 'build'],
    built: '.vitepress/dist',
  },
  {
    name: 'Docusaurus',
    language: 'mjs',
    files: (snippet) => ({
      'chatlog.config.mjs': snippet,
      'docusaurus.config.mjs': `import chatlog from './chatlog.config.mjs'
        export default { ...chatlog, presets: [['classic', { docs: { routeBasePath: '/' }, blog: false }]] }`,
      'docs/index.md': '---\nslug: /\n---\n\n# Docs\n',
      // Docusaurus writes CommonJS into the project, which one of type `module` doesn't build.
      'package.json': '{}',
    }),
    command: ['docusaurus', 'build'],
    built: 'build',
  },
  {
    name: 'Astro',
    language: 'astro',
    files: (snippet) => ({
      'src/layouts/Docs.astro': snippet,
      'src/pages/index.astro': `---\nimport Docs from '../layouts/Docs.astro'\n---\n<Docs><h1>Docs</h1></Docs>\n`,
      'package.json': '{"type":"module"}',
    }),
    command: ['astro', 'build'],
    built: 'dist',
  },
  {
    name: 'Next',
    language: 'tsx',
    holds: 'next/script',
    files: (snippet) => ({
      'app/layout.tsx': snippet,
      'app/page.tsx': 'export default function Page() {\n  return <h1>Docs</h1>\n}\n',
      'next.config.mjs': `export default { output: 'export' }`,
      'package.json': '{"type":"module"}',
    }),
    // Its newer bundler follows no link out of the folder, as which the packages are there.
    command: ['next', 'build', '--webpack'],
    built: 'out',
  },
]

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
}

for (const framework of sites) {
  test(`${framework.name}: a page of a built site records`, async ({ page, site, collector }) => {
    const [snippet] = snippetsIn(framework.language).filter(
      ({ document, code }) => document === 'docs/frameworks.md' && code.includes(framework.holds ?? ''),
    )
    const address = await build(framework, filled(snippet?.code ?? '', site, collector), site)

    await page.goto(address)
    await started(page)
    await say(page, 'How do I install it?')
    await flush(page)

    await expect.poll(collector.transcripts).toEqual([['user: How do I install it?']])
    // As it is with `data-server="chatlog"`: the option has arrived with the others.
    const sender = page.locator('script[data-server="chatlog"]')
    await expect(sender).toHaveCount(1)
  })
}

/** The documents' key and addresses, made ours. */
const filled = (code: string, { origin }: Site, { webKey, endpoint }: TestCollector): string =>
  code
    .replaceAll('WEB_KEY', webKey)
    .replaceAll('https://collector.example.com/chatlog.js', `${origin}/dist/chatlog.js`)
    .replaceAll('https://collector.example.com/conversations', endpoint)
    .replaceAll('https://docs.example.com', origin)

/** Builds the site in a folder of its own, and puts its files on the server. @returns the address of its first page */
async function build({ files, command, built, language }: FrameworkSite, snippet: string, site: Site): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `chatlog-framework-${language}-`))
  try {
    const modules = join(import.meta.dirname, 'node_modules')
    await symlink(modules, join(folder, 'node_modules'), 'junction')
    for (const [path, text] of Object.entries(files(snippet))) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const { NODE_ENV: _environment, ...environment } = process.env
    const [program, ...args] = command
    await promisify(execFile)(join(modules, '.bin', program), args, {
      cwd: folder,
      // None of them tells its makers that it ran here.
      env: { ...environment, ASTRO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1', CI: '1' },
      maxBuffer: 10_000_000,
    })
    return await publish(join(folder, built), site)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function publish(folder: string, site: Site): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const type = mediaTypes[extname(path)]
    if (type === undefined) continue
    const address = path
      .slice(folder.length)
      .replaceAll('\\', '/')
      .replace(/index\.html$/, '')
    site.rawPage(address, await readFile(path, 'utf8'), { 'content-type': type })
  }
  return `${site.origin}/`
}
