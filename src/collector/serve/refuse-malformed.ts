import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { nanoid } from 'nanoid'
import { type Problem, type ProblemCode, problemCodes, problemMediaType } from '../../contract/problem.ts'
import { codeOf } from '../error-code.ts'

const codes: Record<string, [ProblemCode, string]> = {
  HPE_HEADER_OVERFLOW: ['request_header_fields_too_large', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request took too long to arrive.'],
}

/**
 * Answers a request that Node's parser gave up on with a problem, like every other refusal, and ends the connection.
 */
export function refuseMalformed(error: Error, socket: Socket): void {
  // It only closes after a reset, when nobody listens, and in the middle of an answer, which a second head would
  // corrupt.
  if (codeOf(error) === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const [code, detail] = codes[codeOf(error)] ?? ['bad_request', 'This is not a request that HTTP/1.1 knows.']
  const { status, headers, body } = refusal(code, detail)
  const lines = Object.entries({ 'content-length': Buffer.byteLength(body), ...headers })
  socket.end(
    [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`), '', body].join(
      '\r\n',
    ),
  )
}

/**
 * The answer to a request that has a head and is none all the same: its address or its host isn't one. Told of a failure
 * too, it says so without its cause.
 */
export function answerMalformed(error: unknown): Response {
  const isRefused = error instanceof Error && error.name === 'RequestError'
  const { status, headers, body } = isRefused
    ? refusal('bad_request', `This is not a request that HTTP/1.1 knows: ${error.message.slice(0, 100)}.`)
    : refusal('internal_server_error', 'The collector failed to do this: its log has the cause.')
  return new Response(body, { status, headers })
}

/**
 * Refuses a request of HTTP/1.1 that names no host or several: a proxy before the collector could take one, and the
 * collector the other. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 *
 * @returns nothing where it names one
 */
export function refuseHosts({ httpVersion, rawHeaders }: Pick<IncomingMessage, 'httpVersion' | 'rawHeaders'>) {
  if (httpVersion !== '1.1') return undefined
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts === 1) return undefined
  const { status, headers, body } = refusal('bad_request', `A request names its host once, this one ${hosts} times.`)
  return new Response(body, { status, headers })
}

function refusal(code: ProblemCode, detail: string) {
  const { status, title } = problemCodes[code]
  const requestId = `req_${nanoid()}`
  const problem: Problem = { title, status, detail, requestId, code, error: { code, message: detail } }
  const headers = {
    // Where one request ends and the next begins, a proxy and the collector might see differently.
    connection: 'close',
    'content-type': problemMediaType,
    'access-control-allow-origin': '*',
    'x-request-id': requestId,
  }
  return { status, headers, body: JSON.stringify(problem) }
}
