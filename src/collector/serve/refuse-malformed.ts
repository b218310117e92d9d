import { STATUS_CODES } from 'node:http'
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
  const { status, title } = problemCodes[code]
  const requestId = `req_${nanoid()}`
  const problem: Problem = { title, status, detail, requestId, code, error: { code, message: detail } }
  const body = JSON.stringify(problem)
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      `content-type: ${problemMediaType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'access-control-allow-origin: *',
      `x-request-id: ${requestId}`,
      '',
      body,
    ].join('\r\n'),
  )
}
