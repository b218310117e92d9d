import { Agent, request } from 'node:http'
import { availableParallelism } from 'node:os'

/** What one cell of the table took. */
export type Measured = { perSecond: number; p50Ms: number; p99Ms: number }

/** Does `count` tasks, so many at a time. */
export async function measure(
  count: number,
  atOnce: number,
  task: (index: number) => Promise<void>,
): Promise<Measured> {
  const tookMs: number[] = []
  let next = 0
  async function work() {
    while (next < count) {
      const index = next++
      const startedAt = performance.now()
      await task(index)
      tookMs.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: atOnce }, work))
  const seconds = (performance.now() - startedAt) / 1_000
  tookMs.sort((a, b) => a - b)
  const percentile = (share: number) => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0
  return { perSecond: count / seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99) }
}

/** Posts bodies over kept connections; everything but a 200 is an error. */
export function createPoster(url: string, key: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return {
    post: (body: Buffer) =>
      new Promise<void>((resolve, reject) => {
        const all = { ...headers, 'content-length': body.length }
        const sent = request(`${url}/conversations`, { method: 'POST', agent, headers: all }, (response) => {
          response.resume().on('end', () => {
            if (response.statusCode === 200) resolve()
            else reject(new Error(`answered ${response.statusCode}`))
          })
        })
        sent.on('error', reject).end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** The machine in a line, for a reader to compare with. */
export const machine = `${availableParallelism()} cores shared with other work, Node ${process.versions.node}`
