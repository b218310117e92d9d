import type { IncomingHttpHeaders } from 'node:http'

/** A `POST` as it arrived, to the endpoint or one of its siblings. */
export interface FakeRequest {
  method: 'POST'
  /** The address that the page meant; of a request that was handed over, the site's own endpoint. */
  url: string
  headers: IncomingHttpHeaders
  /** The body as text, inflated where it came as gzip. */
  body: string
  /** Status of the answer; `null` while the request hangs, or where its connection was reset instead. */
  status: number | null
  /** What the answer says is wrong; `null` for nothing. */
  detail: string | null
}

/**
 * Names the address that a page meant, on a request that was handed over. It is not among the `headers` of a request.
 */
export const meantUrlHeader = 'x-chatlog-testing-url'
