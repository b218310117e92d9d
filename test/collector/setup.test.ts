import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { createCollector } from '../../src/collector/http/create-collector.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { tagOf } from '../../src/collector/live-view/page/tag.js'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey, verifyKey } from '../../src/collector/store/keys.ts'
import { snippetsIn } from '../docs/snippets.ts'

const origin = 'http://collector.test'
const script = 'window.chatlog = "built"\n'
const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`
const immutableName = `chatlog-${packageJson.version}.js`

let scriptFolder = ''
beforeAll(() => {
  scriptFolder = mkdtempSync(join(tmpdir(), 'chatlog-scripts-'))
  writeFileSync(join(scriptFolder, 'chatlog.js'), script)
})
afterAll(() => rmSync(scriptFolder, { recursive: true, force: true }))

async function collectorWithScripts({ folder = scriptFolder } = {}) {
  const store = openSqliteStore(':memory:')
  const liveView = createLiveView()
  const collector = createCollector({ store, routes: liveView.routes, scriptFolder: folder })
  const { key: apiKey } = await addKey(store, { type: 'api', projectId: 'shop' })
  const request = async (path: string, init: RequestInit = {}) => collector.fetch(new Request(origin + path, init))
  const signedIn = await request('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey }) })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const asReader = (path: string, init: RequestInit = {}) =>
    request(path, { ...init, headers: { cookie, ...init.headers } })
  return { store, request, asReader }
}

const json = { 'content-type': 'application/json' }

describe('the scripts', () => {
  test('are served to the pages of any origin, under a name that follows the version and one that never changes', async () => {
    const { request } = await collectorWithScripts()

    for (const name of ['chatlog.js', immutableName]) {
      const response = await request(`/${name}`, { headers: { origin: 'https://docs.example.com' } })

      expect([name, response.status, await response.text()]).toEqual([name, 200, script])
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': '*',
        'content-type': 'text/javascript; charset=utf-8',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
      })
      const isForEver = /immutable/.test(response.headers.get('cache-control') ?? '')
      expect([name, isForEver]).toEqual([name, name === immutableName])
    }
  })

  test('are compressed for who takes that, and asked for again only when they have changed', async () => {
    const { request } = await collectorWithScripts()
    const compressed = await request('/chatlog.js', { headers: { 'accept-encoding': 'gzip, br' } })
    const refusing = await request('/chatlog.js', { headers: { 'accept-encoding': 'gzip, br;q=0' } })

    expect(compressed.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(Buffer.from(await compressed.arrayBuffer())).toString()).toBe(script)
    expect(refusing.headers.get('content-encoding')).toBeNull()
    const tag = compressed.headers.get('etag') ?? ''
    expect((await request('/chatlog.js', { headers: { 'if-none-match': tag } })).status).toBe(304)
    expect((await request('/chatlog.js', { headers: { 'if-none-match': 'W/"other"' } })).status).toBe(200)
  })

  test('of another version are not found, and the answer says which are there', async () => {
    const { request } = await collectorWithScripts()

    const response = await request('/chatlog-0.0.1.js')

    expect(response.status).toBe(404)
    expect((await response.json()).detail).toContain(immutableName)
  })

  test('that are not built yet are found once they are', async () => {
    const folder = join(scriptFolder, 'later')
    const { request } = await collectorWithScripts({ folder })
    expect((await request('/chatlog.js')).status).toBe(404)

    mkdirSync(folder)
    writeFileSync(join(folder, 'chatlog.js'), script)

    expect((await request('/chatlog.js')).status).toBe(200)
  })

  test('lead to no other file', async () => {
    writeFileSync(join(scriptFolder, 'chatlog-secret.js'), 'secret')
    const { request } = await collectorWithScripts()

    for (const path of ['/chatlog-secret.js', '/chatlog..js', '/chatlog/../chatlog-secret.js', '/chatlog.js.map']) {
      expect([path, (await request(path)).status]).toEqual([path, 404])
    }
  })
})

describe('setting up a page', () => {
  test('names the script of this version with its hash', async () => {
    const { asReader } = await collectorWithScripts()

    expect(await (await asReader('/live-view/setup')).json()).toEqual({ pinned: { immutableName, integrity } })
  })

  test('makes a WEB key of the reader’s own project, which writes and never reads', async () => {
    const { store, asReader, request } = await collectorWithScripts()

    const response = await asReader('/live-view/web-keys', { method: 'POST', headers: json, body: '{}' })
    const { key } = await response.json()

    expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(await verifyKey(store, key)).toMatchObject({ kind: 'valid', key: { type: 'web', projectId: 'shop' } })
    const headers = { authorization: `Bearer ${key}`, ...json }
    const body = JSON.stringify({ type: 'openai', messages: [{ role: 'user', content: 'Hello' }] })
    expect((await request('/conversations', { method: 'POST', headers, body })).status).toBe(200)
    expect((await request('/conversations', { headers })).status).toBe(403)
  })

  test('makes no key for who isn’t signed in, and none for a form of another site', async () => {
    const { store, asReader, request } = await collectorWithScripts()
    const form = { 'content-type': 'text/plain' }

    const stranger = await request('/live-view/web-keys', { method: 'POST', headers: json, body: '{}' })
    const foreign = await asReader('/live-view/web-keys', { method: 'POST', headers: form, body: '{}' })

    expect([stranger.status, foreign.status]).toEqual([401, 400])
    expect((await store.listKeys('shop')).map(({ type }) => type)).toEqual(['api'])
  })

  test('gives no page of another origin leave to send with the reader’s cookie', async () => {
    const { asReader } = await collectorWithScripts()

    const preflight = await asReader('/live-view/web-keys', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })

    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

test('the tag that is shown is the README’s, with an address and a key', () => {
  const [readme] = snippetsIn('html').filter(({ document }) => document === 'README.md')

  const tag = tagOf({ origin: 'https://collector.example.com', key: 'WEB_KEY' })

  expect(`${tag}\n`.replace('https://collector.example.com/chatlog.js', 'https://docs.example.com/chatlog.js')).toBe(
    readme?.code,
  )
})

test('a tag with a fixed version names the file and its hash, and asks with CORS', () => {
  const [, element = ''] = tagOf({ origin, key: 'web_1', pinned: { immutableName, integrity } }).split('</script>\n')

  expect(element).toContain(`src="${origin}/${immutableName}"`)
  expect(element).toContain(`integrity="${integrity}"`)
  expect(element).toMatch(/^ {2}crossorigin$/m)
})
