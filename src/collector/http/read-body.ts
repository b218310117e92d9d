import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { maxCollectorBodyBytes } from '../../contract/limits.ts'
import { ProblemError } from '../problem-error.ts'
import { type BodyPieces, createBodyPieces } from './body-pieces.ts'

const inflate = promisify(gunzip)

const byteOrderMark = '\uFEFF'

/**
 * Largest stated size of a body that is read in one piece. Its bytes aren't counted until it is whole: ten thousand
 * connections that each stop one byte before the end hold 160 MB.
 */
const maxWholeBytes = 16_384

/** Called with each piece's bytes before the piece is kept. Where it throws, reading ends. */
type Hold = (bytes: number) => void

/**
 * Makes text of a body's bytes: inflates them no further than the limit, and decodes them as UTF-8.
 *
 * @throws ProblemError `bad_request` when it is too large, isn't gzip where it says so, or isn't UTF-8
 */
export async function decodeBody(request: Request, bytes: Uint8Array): Promise<string> {
  const body = contentEncoding(request) === 'gzip' ? await inflateBytes(bytes) : bytes
  // Not a `TextDecoder` that is `fatal`: on Node 20 that takes ten times as long, and twice the memory afterwards.
  if (!isUtf8(body)) throw new ProblemError('bad_request', 'The body is not UTF-8.')
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return text.startsWith(byteOrderMark) ? text.slice(1) : text
}

/**
 * Reads a small body in one piece, several times quicker than piece by piece. It counts the bytes once they are here,
 * and not when they are announced: a few senders could otherwise claim all the room and send nothing.
 */
async function readWhole(request: Request, limit: number, hold: Hold): Promise<BodyPieces> {
  const body = await request.arrayBuffer().catch(() => {
    throw new ProblemError('bad_request', 'The connection ended before the whole body had arrived.')
  })
  // Without a socket, nothing has checked that the body is as long as its headers say.
  if (body.byteLength > limit) throw tooLarge(limit)
  hold(body.byteLength)
  const pieces = createBodyPieces()
  pieces.add(new Uint8Array(body))
  return pieces
}

function contentEncoding(request: Request): 'identity' | 'gzip' {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === 'gzip') return encoding
  throw new ProblemError('bad_request', `Content-Encoding must be gzip or absent, got ${JSON.stringify(encoding)}.`)
}

/**
 * The request's body as it came, read no further than the limit.
 *
 * @param limit bytes read at most; over it the body is refused
 * @throws ProblemError `bad_request` when it is too large, breaks off, or is encoded in a way that nobody here reads
 */
export async function readBytes(request: Request, hold: Hold, limit = maxCollectorBodyBytes): Promise<BodyPieces> {
  contentEncoding(request)
  const stated = Number(request.headers.get('content-length'))
  if (stated > limit) throw tooLarge(limit)
  if (stated > 0 && stated <= maxWholeBytes) return readWhole(request, limit, hold)
  const pieces = createBodyPieces()
  let length = 0
  // Cancelling the stream would reset the connection under an answer that the sender should still read: what is left
  // of a body over the limit is drained, and bounded, by the server.
  const reader = request.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read().catch(() => {
      throw new ProblemError('bad_request', 'The connection ended before the whole body had arrived.')
    })
    if (done) break
    length += value.byteLength
    try {
      if (length > limit) throw tooLarge(limit)
      hold(value.byteLength)
    } catch (error) {
      reader.releaseLock()
      throw error
    }
    pieces.add(value)
  }
  return pieces
}

async function inflateBytes(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await inflate(bytes, { maxOutputLength: maxCollectorBodyBytes })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(maxCollectorBodyBytes)
      : new ProblemError('bad_request', 'The body is not valid gzip.')
  }
}

function tooLarge(limit: number): ProblemError {
  const hint = limit === maxCollectorBodyBytes ? ': split the conversation' : ''
  return new ProblemError('bad_request', `The body is over ${limit} bytes${hint}.`)
}
