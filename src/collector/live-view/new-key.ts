import { z } from 'zod'
import { parseBody } from '../conversations/parse-body.ts'
import { ProblemError } from '../problem-error.ts'
import { keyRoles, type NewKey } from '../store/keys.ts'
import { parseOrigin } from '../store/origins.ts'

/** Longest name of a key, in UTF-16 units, and the most origins that it names. */
const maxNameLength = 200
const maxOrigins = 50

/** What an admin asks for: everything but the project, which is their own. */
const newKeySchema = z.object({
  type: z.enum(['web', 'api']),
  role: z.enum(['read', 'write', 'erase', 'admin']).optional(),
  name: z.string().max(maxNameLength).optional(),
  origins: z.array(z.string().max(300)).max(maxOrigins).optional(),
  expiresAt: z.string().optional(),
})

/**
 * A key to make, from what the form of the live view sends.
 *
 * @param now milliseconds since 1970
 * @throws ProblemError `bad_request` and `unprocessable_entity`, with what is wrong in the words of the form
 */
export function parseNewKey(text: string, projectId: string, now: number): NewKey {
  const { type, role, name, origins = [], expiresAt } = parseBody(text, newKeySchema)
  if (type === 'web' && role !== undefined) throw wrong('A WEB key has no role: it only writes.')
  return {
    type,
    projectId,
    ...(type === 'api' && { role: role ?? keyRoles[0] }),
    ...(name?.trim() && { name: name.trim() }),
    origins: [...new Set(origins.map((one) => one.trim()).filter(Boolean))].map(originOf),
    ...(expiresAt !== undefined && { expiresAt: expiryOf(expiresAt, now) }),
  }
}

function originOf(text: string): string {
  try {
    return parseOrigin(text)
  } catch (error) {
    throw wrong(`An ${error instanceof Error ? error.message : error}.`)
  }
}

function expiryOf(text: string, now: number): string {
  const at = /^\d{4}-\d{2}-\d{2}(T\S+)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (at > now) return new Date(at).toISOString()
  throw wrong(`The expiry must be a date to come, got ${JSON.stringify(text)}.`)
}

const wrong = (detail: string) => new ProblemError('unprocessable_entity', detail)
