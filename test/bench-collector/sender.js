// Sends upserts to a collector over kept connections, in a process of its own, and says how long they took. Beside Node's
// HTTP client it costs next to nothing: what is measured shall be the collector. Asked in a line of JSON on standard
// input, answers in a line on standard output.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { measure } from './measure.js'

/**
 * @typedef {object} Order
 * @property {number} port
 * @property {string} key
 * @property {string} body with `@id@` wherever the conversation's id stands
 * @property {string} prefix of the ids
 * @property {number} count
 * @property {number} connections
 */

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await send(JSON.parse(line))))
}

/** @param {Order} order */
async function send({ port, key, body, prefix, count, connections }) {
  const requests = Array.from({ length: count }, (_, index) =>
    requestOf(port, key, body.replaceAll('@id@', `${prefix}-${index}`)),
  )
  const free = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const measured = await measure(count, connections, async (index) => {
    const connection = /** @type {Connection} */ (free.pop())
    await connection.exchange(/** @type {Buffer} */ (requests[index]))
    free.push(connection)
  })
  for (const connection of free) connection.close()
  return measured
}

/** @param {number} port @param {string} key @param {string} body */
function requestOf(port, key, body) {
  const head = [
    'POST /conversations HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** @typedef {{ exchange(request: Buffer): Promise<void>, close(): void }} Connection */

/** Opens one; everything but a whole 200 is an error. @param {number} port @returns {Promise<Connection>} */
function open(port) {
  /** @type {{ resolve: () => void, reject: (error: Error) => void } | null} */
  let waiting = null
  /** Bytes of the answer that are still to come; `null` before its head. @type {number | null} */
  let left = null
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('data', (chunk) => {
    try {
      left = left === null ? lengthAfterHead(chunk) : left - chunk.length
    } catch (error) {
      return socket.destroy(/** @type {Error} */ (error))
    }
    if (left > 0) return
    left = null
    waiting?.resolve()
  })
  socket.on('close', () => waiting?.reject(new Error('the connection was closed')))
  socket.on('error', (error) => waiting?.reject(error))

  const connection = {
    /** @param {Buffer} request */
    exchange: (request) =>
      new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection)).once('error', reject)
  })
}

/** What is still to come after an answer's first piece. @param {Buffer} chunk */
function lengthAfterHead(chunk) {
  const end = chunk.indexOf('\r\n\r\n')
  const head = chunk.toString('latin1', 0, end)
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1])
  if (end < 0 || !head.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) throw new Error(`answered ${head || chunk}`)
  return length - (chunk.length - end - 4)
}
