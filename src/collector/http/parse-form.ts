import { ProblemError } from '../problem-error.ts'

/**
 * The fields of a form that a browser sent; files are left out.
 *
 * @throws ProblemError `bad_request` when it isn't a form, or a multipart one that names no boundary
 */
export async function parseForm(request: Request, bytes: Uint8Array<ArrayBuffer>): Promise<URLSearchParams> {
  const form = await new Response(bytes, { headers: { 'content-type': request.headers.get('content-type') ?? '' } })
    .formData()
    .catch(() => {
      throw new ProblemError('bad_request', 'The body is not a form: send application/x-www-form-urlencoded.')
    })
  return new URLSearchParams([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}
