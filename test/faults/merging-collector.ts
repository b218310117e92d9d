import { mkdtemp, rm } from 'node:fs/promises'
import { request as openRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type * as Collector from '../../src/collector/index.ts'
import {
  type Answer,
  type Arrived,
  type CollectorUnderTest,
  type HeldConversation,
  inOrder,
} from './collector-under-test.ts'

// The built one, as it is installed; its types come from the source, since the types are checked without a build.
const builtCollector = new URL('../../dist/collector.js', import.meta.url).href

/** How long it is away when it restarts, in milliseconds. */
const awayMs = 500

/** The real collector on a temporary store. */
export async function startMergingCollector(): Promise<CollectorUnderTest> {
  const { addKey, openSqliteStore, serveCollector }: typeof Collector = await import(builtCollector)
  const directory = await mkdtemp(join(tmpdir(), 'chatlog-faults-'))
  let store = openSqliteStore(directory)
  const { key: webKey } = await addKey(store, { type: 'web' })
  const { key: apiKey } = await addKey(store, { type: 'api' })
  let served = await serveCollector({ store, port: 0 })
  const underWay = new Set<() => void>()
  let back: Promise<void> = Promise.resolve()

  const read = async (path: string) => {
    const answer = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  const readHeld = async (): Promise<HeldConversation[]> => {
    const { conversations } = await read('/conversations?limit=100')
    const whole = conversations.map(({ id }: { id: string }) => read(`/conversations/${encodeURIComponent(id)}`))
    return inOrder((await Promise.all(whole)) as HeldConversation[])
  }

  const end = async () => {
    await served.close()
    await store.close()
  }

  const comeBack = async () => {
    await wait(awayMs)
    store = openSqliteStore(directory)
    served = await serveCollector({ store, port: 0 })
  }

  return {
    webKey,
    answer: (request) => forward(request, served.port, underWay),
    async held() {
      while (true) {
        const asked = back
        await asked
        try {
          return await readHeld()
        } catch (error) {
          if (asked === back) throw error // else it restarted while it was asked
        }
      }
    },
    restart() {
      for (const breakOff of underWay) breakOff()
      back = end().then(comeBack)
      return back
    },
    async close() {
      await end()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function forward({ method, path, headers, body }: Arrived, port: number, underWay: Set<() => void>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = openRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (answer) => {
      const parts: Buffer[] = []
      try {
        for await (const part of answer) parts.push(part)
        // How long the body is and how long the connection stays is said anew by each hop.
        const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, ...kept } = answer.headers
        resolve({ status: answer.statusCode ?? 500, headers: kept, body: Buffer.concat(parts) })
      } catch (error) {
        reject(error)
      } finally {
        underWay.delete(breakOff)
      }
    })
    const breakOff = () => onward.destroy()
    underWay.add(breakOff)
    onward.on('error', (error) => {
      underWay.delete(breakOff)
      reject(error)
    })
    onward.end(body)
  })
}
