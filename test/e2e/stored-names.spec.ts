import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import ts from 'typescript'
import { answer, expect, flush, say, started, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

const root = join(import.meta.dirname, '../..')

/** Each file of `dist` that a page can record with; a new one belongs here, as the first test says. */
const builtFiles = ['chatlog.js', 'chatlog-observe.js', 'chatlog-lazy.js', 'index.js', 'observe.js']

/** A page that records with this file, as a tag or, for a module, by an import. */
function pageWith(file: string, { webKey, endpoint }: TestCollector): string {
  if (file.startsWith('chatlog'))
    return `<!doctype html><title>A page</title>
      <script async src="/dist/${file}" data-api-key="${webKey}" data-endpoint="${endpoint}"></script>`
  const imports = {
    nanoid: '/node_modules/nanoid/index.browser.js',
    'js-cookie': '/node_modules/js-cookie/dist/js.cookie.mjs',
  }
  return `<!doctype html><title>A page</title>
    <script type="importmap">${JSON.stringify({ imports })}</script>
    <script type="module">
      import { init } from '/dist/index.js'
      import '/dist/${file}'
      window.chatlog = init(${JSON.stringify({ apiKey: webKey, endpoint })})
    </script>`
}

/** The names of all members that these source files declare. */
const declaredIn = (paths: string[]) =>
  new Set(
    paths.flatMap((path) => {
      const names: string[] = []
      const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest)
      const visit = (node: ts.Node): void => {
        if (ts.isPropertySignature(node)) names.push(node.name.getText(source))
        ts.forEachChild(node, visit)
      }
      visit(source)
      return names
    }),
  )

/** Names of everything that chatlog has stored for this page's origin, but for what the site or the visitor gave. */
const storedNames = (page: Page): Promise<Record<'rows' | 'headers' | 'local' | 'tab', string[]>> =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('chatlog')
      opening.onsuccess = () => resolve(opening.result)
    })
    const rows = await new Promise<{ header?: { chatlog: object } }[]>((resolve) => {
      const reading = database.transaction('rows').objectStore('rows').getAll()
      reading.onsuccess = () => resolve(reading.result)
    })
    database.close()
    const headers = rows.flatMap(({ header }) => (header ? [header, header.chatlog] : []))
    const texts = (storage: Storage) =>
      Object.keys(storage).flatMap((key) => {
        const value = JSON.parse(storage.getItem(key) as string)
        return Array.isArray(value) ? value : [value]
      })
    const namesOf = (values: object[]) => [...new Set(values.flatMap(Object.keys))].sort()
    return {
      rows: namesOf(rows),
      headers: namesOf(headers),
      local: namesOf(texts(localStorage)),
      tab: namesOf(texts(sessionStorage)),
    }
  })

/** A question and its answer, delivered: rows of every kind that a conversation under way has. */
async function recordChat(page: Page): Promise<void> {
  await say(page, 'How do I install it?')
  await answer(page, 'With npm.')
  await flush(page)
}

test('every built file that records is tried here', () => {
  const recording = readdirSync(join(root, 'dist')).filter(
    (name) => /^(chatlog.*|index|observe)\.js$/.test(name) && !/-\d+\.\d+\.\d+|core|debug|stub/.test(name),
  )

  expect(recording.sort()).toEqual([...builtFiles].sort())
})

test('all built files store under the names that the source declares', async ({ page, site, collector }) => {
  const rows = declaredIn(['src/script/conversation/rows.ts'])
  rows.add('conversationId').add('tabId').add('seq')
  const memo = declaredIn(['src/script/who/memo.ts', 'src/script/conversation/rows.ts'])
  const found: unknown[] = []

  for (const file of builtFiles) {
    await page.goto(site.rawPage(`/${file}`, pageWith(file, collector)))
    await started(page)
    await recordChat(page)
    const names = await storedNames(page)
    found.push(names.tab)
    expect(names.rows.length, file).toBeGreaterThan(8)
    expect(
      [...names.rows, ...names.headers].filter((name) => !rows.has(name)),
      file,
    ).toEqual([])
    expect(
      [...names.local, ...names.tab].filter((name) => !memo.has(name)),
      file,
    ).toEqual([])
  }

  expect(found).toEqual(builtFiles.map(() => ['id', 'order', 'owner']))
})

test('a chat goes on in one conversation from a page with one built file to a page with another', async ({
  page,
  site,
  collector,
}) => {
  const said: string[] = []
  for (const file of [...builtFiles, ...builtFiles.toReversed()]) {
    await page.goto(site.rawPage(`/${file}`, pageWith(file, collector)))
    await started(page)
    said.push(`user: on ${file}`)
    await say(page, `on ${file}`)
    await flush(page)
  }

  expect(await collector.transcripts()).toEqual([said])
})
