import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { maxCollectorBodyBytes } from '../contract/limits.ts'
import { ProblemError } from './problem-error.ts'

const inflate = promisify(gunzip)

/**
 * The request's body as text: read no further than the limit, inflated no further than it, decoded as UTF-8.
 *
 * @throws ProblemError `bad_request` when it is too large, breaks off, isn't gzip where it says so, or isn't UTF-8
 */
export async function readBody(request: Request): Promise<string> {
  const encoding = contentEncoding(request)
  const bytes = await readBytes(request)
  const body = encoding === 'gzip' ? await inflateBytes(bytes) : bytes
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new ProblemError('bad_request', 'The body is not UTF-8.')
  }
}

function contentEncoding(request: Request): 'identity' | 'gzip' {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === 'gzip') return encoding
  throw new ProblemError('bad_request', `Content-Encoding must be gzip or absent, got ${JSON.stringify(encoding)}.`)
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxCollectorBodyBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  // Cancelling the stream would reset the connection under an answer that the sender should still read: what is left
  // of a body over the limit is drained, and bounded, by the server.
  const reader = request.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read().catch(() => {
      throw new ProblemError('bad_request', 'The body broke off.')
    })
    if (done) break
    length += value.byteLength
    if (length > maxCollectorBodyBytes) {
      reader.releaseLock()
      throw tooLarge()
    }
    chunks.push(value)
  }
  return Buffer.concat(chunks, length)
}

async function inflateBytes(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await inflate(bytes, { maxOutputLength: maxCollectorBodyBytes })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : new ProblemError('bad_request', 'The body is not valid gzip.')
  }
}

function tooLarge(): ProblemError {
  return new ProblemError('bad_request', `The body is over ${maxCollectorBodyBytes} bytes: split the conversation.`)
}
