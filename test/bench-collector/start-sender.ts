import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Measured } from './measure.js'
import type { Order } from './sender.js'

/** A process that sends upserts, whatever `sender.js` takes as an order; everything but a 200 rejects. */
export type Sender = { send(order: Order): Promise<Measured>; end(): Promise<void> }

/** Starts one; the caller ends it. */
export function startSender(): Sender {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sender.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const closed = once(child, 'close')
  const failed = closed.then(([code]) => Promise.reject(new Error(`the sender ended with ${code}: see above`)))
  failed.catch(() => {})
  return {
    async send(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`)
      const [line] = await Promise.race([once(lines, 'line'), failed])
      return JSON.parse(line)
    },
    async end() {
      child.stdin.end()
      await closed
    },
  }
}
