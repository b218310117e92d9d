import { createHash, timingSafeEqual } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import { matchesOrigin, parseOrigin } from './origins.ts'
import type { KeyRole, KeyType, Store, StoredKey } from './store.ts'

const lettersAndDigits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const createKeyId = customAlphabet(lettersAndDigits, 12)
// 32 of 62 characters are 190 bits: too many to try, so one round of SHA-256 is enough and keeps every request cheap.
const createSecret = customAlphabet(lettersAndDigits, 32)

/** The project of keys that name none. */
export const defaultProjectId = 'default'

/**
 * What a key turned out to be. A revoked or expired key is given too, so that its holder learns why it stopped working.
 */
export type KeyVerdict = { kind: 'valid' | 'revoked' | 'expired'; key: StoredKey } | { kind: 'unknown' }

/** Roles of API keys, each of which may what those before it may. */
export const keyRoles: readonly KeyRole[] = ['read', 'write', 'erase', 'admin']

/** A key to make: its type, its project, and the origins that may use it. */
export type NewKey = {
  type: KeyType
  /** @defaultValue 'default' */
  projectId?: string | undefined
  /**
   * Origins (`https://docs.example.com`, or `https://*.example.com` for every subdomain) that browsers may use the key
   * from. @defaultValue none: a WEB key works from any origin, an API key from no page
   */
  origins?: string[] | undefined
  /** Of an API key. @defaultValue 'erase' */
  role?: KeyRole | undefined
  /** Who or what will use it. */
  name?: string | undefined
  /** ISO 8601; from then on it is refused. @defaultValue never */
  expiresAt?: string | undefined
}

/**
 * Makes and stores a key.
 *
 * @returns the key as its holder uses it, shown this once: only its hash is stored
 * @throws TypeError when an origin isn't one
 */
export async function addKey(store: Store, newKey: NewKey, now: () => number = Date.now) {
  const id = createKeyId()
  const key = `${newKey.type}_${id}_${createSecret()}`
  const stored: StoredKey = {
    id,
    projectId: newKey.projectId ?? defaultProjectId,
    type: newKey.type,
    hash: hashOf(key).toString('hex'),
    origins: (newKey.origins ?? []).map(parseOrigin),
    createdAt: new Date(now()).toISOString(),
    revokedAt: null,
    ...(newKey.role !== undefined && { role: newKey.role }),
    ...(newKey.name !== undefined && { name: newKey.name }),
    ...(newKey.expiresAt !== undefined && { expiresAt: newKey.expiresAt }),
  }
  await store.addKey(stored)
  return { key, stored }
}

/** The public half of a whole key; `undefined` when the text isn't shaped like one. */
export function keyIdOf(key: string): string | undefined {
  return /^(?:web|api)_([0-9A-Za-z]+)_[0-9A-Za-z]+$/.exec(key)?.[1]
}

/** Looks a key up by its public half and compares the whole in constant time. Reads the store on every call. */
export async function verifyKey(store: Store, key: string, now: () => number = Date.now): Promise<KeyVerdict> {
  const id = keyIdOf(key)
  const stored = id === undefined ? null : await store.findKey(id)
  if (!stored || !timingSafeEqual(hashOf(key), Buffer.from(stored.hash, 'hex'))) return { kind: 'unknown' }
  if (stored.revokedAt !== null) return { kind: 'revoked', key: stored }
  return { kind: isExpired(stored, now()) ? 'expired' : 'valid', key: stored }
}

/** @param nowMs milliseconds since 1970 */
export const isExpired = ({ expiresAt }: StoredKey, nowMs: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= nowMs

/** Whether a key may do what a role may. A WEB key only writes. */
export function mayAs(role: KeyRole, key: StoredKey): boolean {
  if (key.type === 'web') return role === 'write'
  return keyRoles.indexOf(key.role ?? 'erase') >= keyRoles.indexOf(role)
}

/** Whether requests from `origin` may use the key. Requests without an `Origin` header are not from a browser: yes. */
export function allowsOrigin(key: StoredKey, origin: string | undefined): boolean {
  return origin === undefined || key.origins.length === 0 || key.origins.some((named) => matchesOrigin(named, origin))
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
