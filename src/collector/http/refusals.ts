import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { problemCodes } from '../../contract/problem.ts'
import { ProblemError } from '../problem-error.ts'
import { keyIdOf } from '../store/keys.ts'
import { refusalsKeptMs, type StoredKey } from '../store/store.ts'
import { authenticate, type KeyCheck } from './authenticate.ts'

/** The hour is counted in parts of so many milliseconds: what is forgotten is forgotten a part at a time. */
const partMs = 300_000

/** Rows kept of one project, and of those who come without a known key. */
const maxRows = 200

/** Of these, rows of one known key, status and route: whoever invents origins leaves the rows of other reasons alone. */
const maxFamilyRows = 25

/** Projects of which rows are kept. */
const maxProjects = 1_000

/** Longest text of a reason that is kept, in UTF-16 units. */
const maxReasonLength = 300

/** Refusals that tell a site's owner why something isn't stored. */
const tellingStatuses = new Set([400, 401, 403, 404, 405, 422, 429])

/** Requests of the last hour that were refused for one reason. */
export type Refusal = {
  /** Public half of the key; `null` where none was given, or nothing like a key. */
  keyId: string | null
  /** Origin of the page that sent them; `null` where none was said, or nothing like an origin. */
  origin: string | null
  status: number
  /** `POST /conversations`: method and route; the path that was asked for where there is none. */
  request: string
  /** What the last one was told. */
  reason: string
  count: number
  /** Milliseconds since 1970. */
  lastAtMs: number
}

/** Refusals, the latest first, and how many requests more were refused in the hour whose rows had to go. */
export type RefusalList = { refusals: Refusal[]; others: number }

type Row = Omit<Refusal, 'count'> & { counts: Map<number, number>; family: string }
type Group = { rows: Map<string, Row>; others: Map<number, number> }

/** Whose requests: of a project by its id; `null` of those without a known key. */
export type Whose = string | null

/** What one collector refused, as JSON takes it to another: requests by the part of time in which they were. */
type TimedCounts = [part: number, count: number][]
export type SharedRefusals = { rows: (Omit<Refusal, 'count'> & { counts: TimedCounts })[]; others: TimedCounts }

/**
 * Remembers what was refused in the last hour, in this process. Whoever comes without a known key fills no project's
 * rows, and nobody more than so many: of those of its kind, the row that was seen least gives way, and is counted on.
 *
 * @param now milliseconds since 1970
 * @param onNoted told of whose requests one more was refused
 */
export function createRefusals(now: () => number, onNoted: (whose: Whose) => void = () => {}) {
  const groups = new Map<Whose, Group>()
  const keys = new WeakMap<Request, StoredKey>()
  const part = () => Math.floor(now() / partMs)

  /** What was refused here, for other collectors; `null` where nothing of the hour is left. */
  function share(whose: Whose): SharedRefusals | null {
    const group = groups.get(whose)
    if (!group) return null
    forget(group, part())
    if (group.rows.size + group.others.size === 0) return null
    const rows = [...group.rows.values()].map(({ family: _family, counts, ...row }) => ({
      ...row,
      counts: [...counts],
    }))
    return { rows, others: [...group.others] }
  }

  return {
    /** Says which known key a request came with. */
    setKey: (request: Request, key: StoredKey): void => void keys.set(request, key),
    /** Counts an answer, where it is a refusal. @param route the pattern that matched; `undefined` where none did */
    note(request: Request, problem: ProblemError, route: string | undefined): void {
      const { status } = problemCodes[problem.code]
      if (!tellingStatuses.has(status)) return
      const key = keys.get(request)
      const group = groupOf(groups, key?.projectId ?? null)
      if (!group) return
      const row = rowOf(request, { problem, route, key })
      addTo(group, { ...row, lastAtMs: now() }, part())
      onNoted(key?.projectId ?? null)
    },
    share,
    /** Of one project, or of those without a known key; with what other collectors have told. */
    list(whose: Whose, elsewhere: readonly SharedRefusals[] = []): RefusalList {
      const own = share(whose)
      return listOf(own ? [own, ...elsewhere] : elsewhere, part())
    },
  }
}

/** One list of what several collectors refused: requests of one reason are one row, whoever refused them. */
function listOf(all: readonly SharedRefusals[], part: number): RefusalList {
  const merged: Group = { rows: new Map(), others: new Map() }
  for (const { rows, others } of all) {
    for (const { counts, ...row } of rows) {
      const known = merged.rows.get(nameOf(row))
      const latest = known && known.lastAtMs > row.lastAtMs ? known : row
      merged.rows.set(nameOf(row), { ...latest, family: '', counts: added(known?.counts ?? new Map(), counts) })
    }
    added(merged.others, others)
  }
  forget(merged, part)
  const refusals = [...merged.rows.values()]
    .map(({ counts, family: _family, ...row }) => ({ ...row, count: sum(counts) }))
    .sort((a, b) => b.lastAtMs - a.lastAtMs)
  const left = refusals.slice(maxRows).reduce((count, row) => count + row.count, 0)
  return { refusals: refusals.slice(0, maxRows), others: sum(merged.others) + left }
}

function added(counts: Map<number, number>, more: TimedCounts): Map<number, number> {
  for (const [part, count] of more) counts.set(part, (counts.get(part) ?? 0) + count)
  return counts
}

type Refusals = Pick<ReturnType<typeof createRefusals>, 'note'>

function groupOf(groups: Map<Whose, Group>, whose: Whose): Group | undefined {
  const known = groups.get(whose)
  if (known) return known
  // One more than the projects: those without a known key.
  if (groups.size > maxProjects) return undefined
  const group = { rows: new Map(), others: new Map() }
  groups.set(whose, group)
  return group
}

type Noted = { problem: ProblemError; route: string | undefined; key: StoredKey | undefined }

function rowOf(request: Request, { problem, route, key }: Noted): Omit<Row, 'counts' | 'lastAtMs'> {
  const { method, url, headers } = request
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1]
  const { pathname, searchParams } = new URL(url)
  const given = keyIdOf(bearer ?? searchParams.get('key') ?? '')
  const { status } = problemCodes[problem.code]
  return {
    family: JSON.stringify([key?.id ?? null, status, route ?? null]),
    keyId: key?.id ?? (given !== undefined && given.length <= 32 ? given : null),
    origin: knownOrigin(headers.get('origin')),
    status,
    request: `${method} ${route ?? printable(pathname).slice(0, 100)}`,
    reason: printable(problem.detail).slice(0, maxReasonLength),
  }
}

/** An origin as a browser sends it; whatever else stands there is nobody's page. */
function knownOrigin(text: string | null): string | null {
  if (text === null || text.length > 300) return null
  if (text === 'null') return text
  return URL.canParse(text) && new URL(text).origin === text ? text : null
}

/** Without control characters, and those that turn the direction of what follows. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')

function addTo(group: Group, row: Omit<Row, 'counts'>, part: number): void {
  const name = nameOf(row)
  forget(group, part)
  if (!group.rows.has(name)) {
    const family = [...group.rows].filter(([, { family }]) => family === row.family)
    if (family.length >= maxFamilyRows) giveWay(group, family)
    else if (group.rows.size >= maxRows) giveWay(group, [...group.rows])
  }
  const counts = group.rows.get(name)?.counts ?? new Map<number, number>()
  counts.set(part, (counts.get(part) ?? 0) + 1)
  group.rows.set(name, { ...row, counts })
}

/** What tells one row from another. */
const nameOf = (row: Pick<Row, 'keyId' | 'origin' | 'status' | 'request' | 'reason'>) =>
  JSON.stringify([row.keyId, row.origin, row.status, row.request, kindOf(row)])

/** What the reasons of one kind begin with: they differ in numbers, in what they quote, and in what else is wrong. */
const kindOf = ({ reason }: Pick<Row, 'reason'>) =>
  (reason.split('; ')[0] ?? '').replace(/\d+/g, '#').replace(/"[^"]*"/g, '"…"')

/** Takes the candidate with the fewest requests out, of equal ones the one of longest ago, and counts it with the others. */
function giveWay({ rows, others }: Group, candidates: [string, Row][]): void {
  let least: [name: string, row: Row, count: number] | undefined
  for (const [name, row] of candidates) {
    const count = sum(row.counts)
    const isLess = !least || count < least[2] || (count === least[2] && row.lastAtMs < least[1].lastAtMs)
    if (isLess) least = [name, row, count]
  }
  if (!least) return
  rows.delete(least[0])
  for (const [part, count] of least[1].counts) others.set(part, (others.get(part) ?? 0) + count)
}

function forget({ rows, others }: Group, part: number): void {
  const oldest = part - refusalsKeptMs / partMs
  const drop = (counts: Map<number, number>) => {
    for (const at of counts.keys()) if (at <= oldest) counts.delete(at)
  }
  drop(others)
  for (const [name, { counts }] of rows) {
    drop(counts)
    if (counts.size === 0) rows.delete(name)
  }
}

const sum = (counts: Map<number, number>) => [...counts.values()].reduce((all, count) => all + count, 0)

/**
 * Counts what the routes after it refuse. A request to an address that isn't there was not asked for its key: it is looked
 * up here, so that the owner of a page with a wrong `data-endpoint` learns of it.
 */
export function tellRefusals(refusals: Refusals, keyCheck: KeyCheck): MiddlewareHandler {
  return async (context, next) => {
    await next()
    if (context.error instanceof ProblemError) {
      refusals.note(context.req.raw, context.error, routePath(context, -1))
    } else if (context.res.status === 404) {
      // Whatever its key is: the address alone is what is wrong.
      await authenticate(context.req.raw, keyCheck).catch(() => {})
      refusals.note(context.req.raw, new ProblemError('not_found', 'Nothing is here: look at the address.'), undefined)
    }
  }
}
