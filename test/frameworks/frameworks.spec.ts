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
  /** Language of the snippet's block: each stands there once. */
  language: string
  /** Files of the site by their paths. */
  files: (snippet: string) => Record<string, string>
  /** Below `node_modules/.bin`. */
  command: string
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
    command: 'vitepress',
    built: '.vitepress/dist',
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
    const [snippet] = snippetsIn(framework.language).filter(({ document }) => document === 'docs/frameworks.md')
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
    await promisify(execFile)(join(modules, '.bin', command), ['build'], {
      cwd: folder,
      env: environment,
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
