import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createPages } from '../../demo/server/pages.js'
import { tagOf } from '../../src/collector/live-view/page/tag.js'

const stub = readFileSync(new URL('../../src/stub/chatlog-stub.js', import.meta.url), 'utf8')

const pages = createPages({
  apiKey: 'web_key',
  endpoint: 'http://127.0.0.1:9/conversations',
  liveViewUrl: async () => 'http://127.0.0.1:9/sign-in?ticket=t',
  built: { dist: '', widget: '', useChat: '' },
})

const read = async (path: string) => pages.request(path)

const demos = [
  ...['/site/', '/site/retries.html', '/site/production.html', '/qa/'],
  ...['/consent/', '/subdomains/', '/logout/', '/panel/'],
  ...['/observe/', '/observe/adapter.html', '/observe/selectors.html', '/widgets/', '/widgets/adapter.html'],
]

test.each(['/', ...demos])('%s is served as HTML', async (path) => {
  const response = await read(path)

  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(await response.text()).not.toContain('{{')
})

test.each(demos)('%s has no stub but the one that is a file, where it has one', async (path) => {
  const html = await (await read(path)).text()
  const [, address] = /<script src="([^"]*-stub\.js)"><\/script>/.exec(html) ?? []

  expect(html).not.toMatch(/chatlog\s*\|\|=?\s*\{|q:\s*\[\]/)
  if (address) expect(await (await read(address)).text()).toBe(stub)
})

test('the tag carries the key and the endpoint of this start', async () => {
  const html = await (await read('/site/')).text()

  expect(html).toContain('data-api-key="web_key" data-endpoint="http://127.0.0.1:9/conversations"')
})

test('the first page shows the tag for a page of one’s own, as the live view shows it', async () => {
  const html = await (await read('/')).text()

  const [, shown = ''] = /<pre id="tag"[^>]*>(.*?)<\/pre>/s.exec(html) ?? []

  const text = shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  expect(text).toBe(tagOf({ origin: 'http://127.0.0.1:9', key: 'web_key' }))
})

test('the live view is opened by an address made for this one visit', async () => {
  const response = await read('/live-view')

  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe('http://127.0.0.1:9/sign-in?ticket=t')
})

test.each([
  '/site/../start.js',
  '/site/%2e%2e/start.js',
  '/site/..%2fstart.js',
  '/source?file=../package.json',
  '/source?file=site/../../package.json',
  '/source?file=/etc/passwd',
  '/source?file=site/none.html',
  '/site/none.html',
])('%s is not found', async (path) => {
  expect((await read(path)).status).toBe(404)
})

test('source is shown escaped and coloured', async () => {
  const html = await (await read('/source?file=site/index.html')).text()

  expect(html).toContain('&lt;')
  expect(html).toContain('class="hljs-')
  expect(html).not.toMatch(/<(script|body|link)/)
})

test('every file that a demo shows as its source is there', async () => {
  for (const path of demos) {
    const files = /files="([^"]+)"/.exec(await (await read(path)).text())?.[1] ?? ''
    for (const file of files.split(/\s+/)) expect((await read(`/source?file=${file}`)).status, file).toBe(200)
  }
})
