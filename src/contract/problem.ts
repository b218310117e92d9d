import { z } from 'zod'

/** Codes of the contract, and those that our collector adds, with their status and title. */
export const problemCodes = {
  bad_request: { status: 400, title: 'Bad Request' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not Found' },
  method_not_allowed: { status: 405, title: 'Method Not Allowed' },
  request_timeout: { status: 408, title: 'Request Timeout' },
  unprocessable_entity: { status: 422, title: 'Unprocessable Entity' },
  too_many_requests: { status: 429, title: 'Too Many Requests' },
  request_header_fields_too_large: { status: 431, title: 'Request Header Fields Too Large' },
  internal_server_error: { status: 500, title: 'Internal Server Error' },
  not_implemented: { status: 501, title: 'Not Implemented' },
  service_unavailable: { status: 503, title: 'Service Unavailable' },
} as const

export { conversationFull } from './conversation-full.ts'

export type ProblemCode = keyof typeof problemCodes

/** Media type of every error answer; the public client recognises its error classes by it. */
export const problemMediaType = 'application/problem+json'

/** Body of every error answer (RFC 9457); `error` is the legacy form of the same. */
export const problemSchema = z.object({
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  code: z.string(),
  error: z.object({ code: z.string(), message: z.string() }),
})

export type Problem = z.infer<typeof problemSchema>
