import type { IncomingHttpHeaders } from 'node:http'

/** A `POST` as it arrived, to the endpoint or one of its siblings. */
export interface FakeRequest {
  method: 'POST'
  /** Where the page sent it: the site's own endpoint where it was handed over. */
  url: string
  headers: IncomingHttpHeaders
  /** The body as text, inflated where it came as gzip. */
  body: string
  /** What it was answered; `null` while it hangs, or when its connection was reset instead. */
  status: number | null
  /** What the answer said was wrong; `null` where nothing was. */
  detail: string | null
}

/** Names the address that a page meant, on a request that was handed over. It is not among the `headers` of a request. */
export const meantUrlHeader = 'x-chatlog-testing-url'
