import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

/**
 * Bytes on the wire after each turn of a chat, and of its last body: exact, on the fake browser and its fake time.
 *
 * @typedef {{ requests: number, plain: number[], gzip: number[], finalBytes: number }} Wire `gzip`: with our own collector,
 *   which takes compressed bodies
 */

const turns = 50

/** @returns {Promise<Wire>} */
export async function measureWire() {
  const path = fileURLToPath(new URL('../script/long-chat.ts', import.meta.url))
  const config = { configFile: /** @type {const} */ (false), define: { __CHATLOG_VERSION__: '"bench"' } }
  const { module } = /** @type {{ module: typeof import('../script/long-chat.ts') }} */ (
    await runnerImport(path, config)
  )
  const plain = await module.chat(turns)
  const gzip = await module.chat(turns, { mode: 'merge', init: { server: 'chatlog' } })
  return {
    requests: plain.network.sent.length,
    plain: sumsAfterTurns(plain.network.sent, plain.requestsAfterTurn),
    gzip: sumsAfterTurns(gzip.network.sent, gzip.requestsAfterTurn),
    finalBytes: plain.endpoint.requests.at(-1)?.bytes ?? Number.NaN,
  }
}

/**
 * @param {readonly { bytes: number }[]} sent
 * @param {readonly number[]} requestsAfterTurn
 */
function sumsAfterTurns(sent, requestsAfterTurn) {
  let sum = 0
  const after = [0]
  for (const { bytes } of sent) {
    sum += bytes
    after.push(sum)
  }
  return requestsAfterTurn.map((count) => after[count] ?? Number.NaN)
}
