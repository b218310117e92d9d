import { parseBasePath } from '../http/base-path.ts'
import type { CommandValues } from './command-values.ts'
import { type LogLevel, logLevels } from './log.ts'
import type { StorePlace } from './open-store.ts'
import { UsageError } from './usage-error.ts'

/**
 * How many days something is kept after its last write, in every project and in those with days of their own; `null`:
 * for ever.
 */
export type RetentionDays = { days: number | null; projectDays: Record<string, number | null> }

/** The settings of serving: by flags, else by the environment, else by default. */
export type ServeSettings = {
  /** 0: any free one. */
  port: number
  host: string
  place: StorePlace
  /** `undefined`: the collector's own default. */
  requestsPerMinute: number | undefined
  /** `undefined`: nothing is erased by age. */
  retention: RetentionDays | undefined
  /** A replica of the database, which answers lists, searches and counts; `undefined`: the database does. */
  readDatabaseUrl: string | undefined
  /** Part of a project's conversations that one sweep erases at most; `undefined`: retention's own default. */
  retentionShare: number | undefined
  /** Conversations that their visitors removed are erased; `undefined`: they stay, marked. */
  eraseDiscarded: boolean | undefined
  /** Milliseconds that it goes on listening after SIGTERM; `undefined`: 500. */
  drainMs: number | undefined
  /** Path under which browsers reach it, `/chatlog`; `undefined`: the root. */
  basePath: string | undefined
  /** Header in which a proxy says who asks; `undefined`: none. */
  addressHeader: string | undefined
  logLevel: LogLevel
  /** The token that `GET /metrics` asks for; `undefined`: everybody may read them. */
  metricsToken: string | undefined
}

type Environment = Record<string, string | undefined>
/** A setting as it was given, and the flag or variable that gave it, for error messages. */
type Given = { text: string; source: string }
type Flag =
  | 'erase-share'
  | 'erase-discarded'
  | 'base-path'
  | 'drain-ms'
  | 'address-header'
  | 'port'
  | 'host'
  | 'data'
  | 'database-url'
  | 'read-database-url'
  | 'rate-limit'
  | 'retention-days'
  | 'log-level'
  | 'metrics-token'

/** The variable that sets the same as a flag. A database's URL has the name that hosting companies give it. */
const twinOf = (flag: Flag) =>
  flag === 'database-url' ? 'DATABASE_URL' : `CHATLOG_${flag.toUpperCase().replaceAll('-', '_')}`

/** @throws UsageError naming the flag or variable that is wrong, and what is right */
export function serveSettings(values: CommandValues, environment: Environment = process.env): ServeSettings {
  const given = (flag: Flag) => settingOf(flag, values, environment)
  const rateLimit = given('rate-limit')
  const retentionDays = given('retention-days')
  const share = given('erase-share')
  const drainMs = given('drain-ms')
  const basePath = given('base-path')
  const eraseDiscarded = given('erase-discarded')
  return {
    port: wholeNumber(given('port') ?? { text: '8787', source: '--port' }, 0, 65_535),
    host: given('host')?.text ?? '127.0.0.1',
    place: storePlace(values, environment),
    requestsPerMinute: rateLimit && wholeNumber(rateLimit, 1, 1e9),
    retention: retentionDays && retentionOf(retentionDays),
    readDatabaseUrl: given('read-database-url')?.text,
    retentionShare: share && wholeNumber(share, 1, 100) / 100,
    eraseDiscarded: eraseDiscarded && oneOf(eraseDiscarded, ['yes', 'no']) === 'yes',
    drainMs: drainMs && wholeNumber(drainMs, 0, 600_000),
    basePath: basePath && basePathOf(basePath),
    addressHeader: given('address-header')?.text,
    logLevel: oneOf(given('log-level') ?? { text: 'info', source: '--log-level' }, logLevels),
    metricsToken: given('metrics-token')?.text,
  }
}

/**
 * Where a command's store is. A flag wins over a variable, also where one names a directory and the other a database.
 */
export function storePlace(values: CommandValues, environment: Environment = process.env): StorePlace {
  if (values.data !== undefined && values['database-url'] !== undefined) {
    throw new UsageError('--data and --database-url: choose one')
  }
  const data = settingOf('data', values, environment)?.text ?? './chatlog-data'
  if (values.data !== undefined) return { databaseUrl: undefined, data }
  return { databaseUrl: settingOf('database-url', values, environment)?.text, data }
}

/**
 * A variable that is set to nothing is not set. A flag that is typed with nothing (`--host "$HOST"`) is refused: an
 * empty host would let the whole network in.
 */
function settingOf(flag: Flag, values: CommandValues, environment: Environment): Given | undefined {
  const typed = values[flag]
  if (typed === '') throw new UsageError(`--${flag} is given without a value`)
  if (typed !== undefined) return { text: typed, source: `--${flag}` }
  const text = environment[twinOf(flag)]
  return text ? { text, source: twinOf(flag) } : undefined
}

function wholeNumber({ text, source }: Given, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${source} must be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`)
}

/** `90`, or with projects of their own `90,shop=30,legal=none`. */
function retentionOf({ text, source }: Given): RetentionDays {
  const daysOf = (days: string) => (days === 'none' ? null : wholeNumber({ text: days, source }, 1, 36_500))
  const retention: RetentionDays = { days: null, projectDays: {} }
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=')
    if (at < 0) retention.days = daysOf(part.trim())
    else retention.projectDays[part.slice(0, at).trim()] = daysOf(part.slice(at + 1).trim())
  }
  return retention
}

function basePathOf({ text, source }: Given): string {
  try {
    return parseBasePath(text)
  } catch (error) {
    throw new UsageError(`${source} ${error instanceof Error ? error.message : error}`)
  }
}

function oneOf<Name extends string>({ text, source }: Given, names: readonly Name[]): Name {
  const found = names.find((name) => name === text)
  if (found !== undefined) return found
  throw new UsageError(`${source} must be one of ${names.join(', ')}, got ${JSON.stringify(text)}`)
}
