import { gzipSync } from 'node:zlib'
import { bodyWith, everyField, openaiFields } from '../contract/request-table.ts'

/** One request that is wrong in some way, as it goes over a socket. */
export type MalformedRequest = { text: string; what: string }

/** Numbers that look random and are the same for the same seed (mulberry32), from 0 to below 1. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const values = [null, 0, -1, 1e308, true, '', 'x', '\0', '\ud800', [], {}, [[]], [null], { a: [] }, 'a'.repeat(3_000)]
const paths = openaiFields.map(({ path }) => path)
const contentTypes = [
  'text/plain',
  'application/xml',
  ';',
  'application/json;charset=latin1',
  'multipart/form-data',
  '',
]
const encodings = ['gzip', 'br', 'gzip, gzip', 'deflate', 'x', '\u00ff']
const addresses = [
  '/',
  '//',
  '/conversations/',
  '/conversations/%E0%A4%A',
  '/conversations/..%2f..%2fetc',
  '/conversations/%00',
  '/events',
  '/feedback',
  '/metrics/x',
  '/conversations?limit=-1',
  '/conversations?limit=1e9',
  '/conversations?cursor=%FF',
  '/conversations?offset=99999999999999999999',
  '/nowhere?key=x',
  '/a'.repeat(2_000),
]
const methods = ['GET', 'PUT', 'PATCH', 'DELETE', 'POST', 'PROPFIND']

/**
 * A malformed request: keys, headers, addresses, encodings, JSON, depth, size, or a body that breaks the contract.
 *
 * @param keys a WEB and an API key that work, for what is to get past them
 */
export function malformedRequest(random: () => number, keys: readonly string[]): MalformedRequest {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const authorization = `Bearer ${pick(keys)}`
  const json = { 'content-type': 'application/json', authorization }
  const text = (length: number) =>
    Array.from({ length }, () => String.fromCharCode(32 + Math.floor(random() * 95))).join('')
  const valid = JSON.stringify(everyField('openai'))

  const kinds: Record<string, () => string> = {
    key: () =>
      post(
        {
          ...json,
          authorization: pick(['Bearer', 'Bearer x', `Basic ${text(20)}`, `Bearer web_${text(9)}_x`, text(40)]),
        },
        valid,
      ),
    'no key': () => post({ 'content-type': 'application/json' }, valid),
    'content type': () => post({ ...json, 'content-type': pick(contentTypes) }, valid),
    encoding: () => post({ ...json, 'content-encoding': pick(encodings) }, valid),
    'cut gzip': () => {
      const zipped = gzipSync(valid)
      return post({ ...json, 'content-encoding': 'gzip' }, zipped.subarray(0, Math.floor(random() * zipped.length)))
    },
    'not UTF-8': () => post(json, Buffer.from([0x7b, 0x22, 0xff, 0xfe, Math.floor(random() * 256)])),
    'cut JSON': () => post(json, valid.slice(0, Math.floor(random() * valid.length))),
    'not JSON': () => post(json, text(Math.floor(random() * 200))),
    depth: () => post(json, `{"properties":${'['.repeat(201 + Math.floor(random() * 5_000))}`),
    nested: () => post(json, valid.replace('{', `{"nested":${'{"a":'.repeat(300)}1${'}'.repeat(300)},`)),
    field: () => {
      const path = pick(paths)
      return post(json, JSON.stringify({ ...bodyWith('openai', path, pick(values)), messages: pick(values) }))
    },
    'stated length': () =>
      head('POST', '/conversations', { ...json, 'content-length': pick(['-1', 'x', '1e3', '0x10']) }),
    address: () => head(pick(methods), pick(addresses), { authorization }),
    'long header': () => head('GET', '/health', { 'x-long': 'a'.repeat(17_000 + Math.floor(random() * 3_000)) }),
    'not HTTP': () => `${text(1 + Math.floor(random() * 60))}\r\n\r\n`,
    'two lengths': () => `POST /conversations HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n`,
  }
  const what = pick(Object.keys(kinds))
  return { what, text: (kinds[what] as () => string)() }
}

function post(headers: Record<string, string>, body: string | Uint8Array): string {
  const bytes = Buffer.from(body as string)
  const request = head('POST', '/conversations', { ...headers, 'content-length': String(bytes.length) })
  return request + bytes.toString('latin1')
}

/** Bytes go through a text of Latin-1, so that they stay what they are. */
function head(method: string, address: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${address} HTTP/1.1`, 'host: collector.test', 'connection: close', ...lines, '', ''].join('\r\n')
}
