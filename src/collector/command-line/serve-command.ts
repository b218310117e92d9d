import packageJson from '../../../package.json' with { type: 'json' }
import { type Retention, startRetention } from '../conversations/retention.ts'
import { codeOf } from '../error-code.ts'
import { createMetrics } from '../http/metrics.ts'
import { type LiveView, openLiveView } from '../live-view/live-view.ts'
import { type ServedCollector, type ServeOptions, serveAlone } from '../serve/serve-collector.ts'
import { takeDirectory } from '../sqlite/own-directory.ts'
import { defaultProjectId } from '../store/keys.ts'
import { type Store, StoreUnavailableError } from '../store/store.ts'
import type { CommandValues } from './command-values.ts'
import { createLog, type Log } from './log.ts'
import { openStore, type StorePlace } from './open-store.ts'
import { type ServeSettings, serveSettings } from './settings.ts'
import { UsageError } from './usage-error.ts'
import { welcome } from './welcome.ts'

/**
 * Time that the command goes on listening after a signal, in milliseconds: a balancer sees `/health` turn 503 in it.
 */
const defaultDrainMs = 500

/** Serves until SIGTERM or SIGINT; a second signal ends it at once. */
export async function runServeCommand(values: CommandValues): Promise<void> {
  refuseKeyOptions(values)
  const settings = serveSettings(values)
  const log = createLog(settings.logLevel, writeLine)
  outliveItsLog()
  const store = await openStore(settings.place, settings.readDatabaseUrl)
  const liveView = openLiveView()
  const collector = await serveAlone(serveOptions(settings, { store, log, liveView })).catch(async (error) => {
    await store.close()
    throw explainListenError(error, settings.port, settings.host)
  })
  const leave = await takePlace(settings.place, collector, store)
  const { retention: kept, retentionShare: share } = settings
  const reportError = (error: unknown) => log.error('retention_failed', error)
  const retention =
    kept === undefined
      ? null
      : startRetention({
          store,
          ...kept,
          ...(share !== undefined && { share }),
          reportError,
          onErased: ({ isHeld, ...erased }) =>
            isHeld ? log.warn('retention_held', erased) : log.info('retention_erased', erased),
        })
  endOnSignal({ collector, store, retention, log, leave })
  endOnCrash(log)
  console.log(`chatlog collector on ${collector.url}`)
  log.info('listening', {
    url: collector.url,
    version: packageJson.version,
    store: settings.place.databaseUrl === undefined ? 'sqlite' : 'postgresql',
  })
  await welcome({
    store,
    liveView,
    collector: { url: `${collector.url}${settings.basePath ?? ''}` },
    isTerminal: process.stdout.isTTY === true,
  })
  await hintWithoutWebKey(store, settings.place, log)
}

function serveOptions(
  settings: ServeSettings,
  { store, log, liveView }: { store: Store; log: Log; liveView: LiveView },
): ServeOptions {
  const { port, host, requestsPerMinute, metricsToken, drainMs, basePath, addressHeader, eraseDiscarded } = settings
  const metrics = createMetrics(metricsToken)
  return {
    store,
    port,
    host,
    drainMs: drainMs ?? defaultDrainMs,
    ...(basePath !== undefined && { basePath }),
    ...(addressHeader !== undefined && { addressHeader }),
    ...(eraseDiscarded && { eraseDiscarded }),
    ...(requestsPerMinute !== undefined && { rateLimit: { requestsPerMinute } }),
    routes(app, context) {
      metrics.routes(app, context)
      liveView.routes(app, context)
    },
    onAnswered(answered) {
      metrics.onAnswered(answered)
      log.info('answered', answered)
    },
    reportError(error, requestId) {
      if (error instanceof StoreUnavailableError) {
        log.warn('store_unavailable', { requestId, code: codeOf(error.cause) })
      } else log.error('failed', error, { requestId })
    },
  }
}

type Running = {
  collector: ServedCollector
  store: Store
  retention: Retention | null
  log: Log
  /** Gives up the data directory, so that another collector may take it. */
  leave: () => void
}

function endOnSignal({ collector, store, retention, log, leave }: Running): void {
  const end = async (signal: NodeJS.Signals) => {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
    log.info('ending', { signal })
    await Promise.all([collector.close(), retention?.stop()])
    await store.close()
    leave()
    log.info('ended')
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

/**
 * Logs an uncaught error through `describeError` and ends: Node would print all of it, with the content that it quotes.
 */
function endOnCrash(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error('crashed', error)
    process.exit(1)
  })
}

/** Node writes to a file at once, and throws where its disk is full; a pipe says so by an event. */
function writeLine(line: string): void {
  try {
    process.stderr.write(line)
  } catch {
    // The line is lost, with nobody left to tell, and the collector goes on.
  }
}

/**
 * Keeps the collector running where a closed pipe or a full disk ends its log: what it receives is worth more than
 * lines about it.
 */
function outliveItsLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** @throws Error when another collector has the directory */
async function takePlace(
  { databaseUrl, data }: StorePlace,
  collector: ServedCollector,
  store: Store,
): Promise<() => void> {
  try {
    return databaseUrl === undefined ? takeDirectory(data) : () => {}
  } catch (error) {
    await collector.close()
    await store.close()
    throw new Error(`--data ${data}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

async function hintWithoutWebKey(store: Store, { databaseUrl, data }: StorePlace, log: Log): Promise<void> {
  const keys = await store.listKeys(defaultProjectId)
  if (keys.some(({ type, revokedAt }) => type === 'web' && revokedAt === null)) return
  const where = databaseUrl === undefined ? `--data ${data}` : '--database-url …'
  const hint = `No page can send yet. Make a WEB key in the live view, or run: chatlog-collector keys add --type web ${where}`
  log.warn('no_keys', { hint })
}

/** Refuses flags of `keys add`: an operator who gives `--origin` here would believe in a limit that doesn't exist. */
function refuseKeyOptions(values: CommandValues): void {
  const given = (['type', 'origin', 'project', 'also-project', 'role', 'name', 'expires'] as const).find(
    (name) => values[name] !== undefined,
  )
  if (given) throw new UsageError(`--${given} belongs to a key: chatlog-collector keys add --${given} …`)
  if (values['dry-run']) throw new UsageError('--dry-run belongs to: chatlog-collector migrate --dry-run')
  if (values.visitor !== undefined) throw new UsageError('--visitor belongs to: chatlog-collector forget --visitor …')
}

function explainListenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') return new Error(`port ${port} is taken: choose another with --port, 0 for any free`)
  if (error.code === 'EACCES') return new Error(`port ${port} needs more rights: choose one from 1024 with --port`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Error(`no address of this machine: --host ${host}`)
  return error
}
