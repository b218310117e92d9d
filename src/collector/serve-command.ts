import { type CommandValues, storePlace, UsageError } from './command-line.ts'
import { defaultProjectId } from './keys.ts'
import { createLiveView } from './live-view/live-view.ts'
import { openStore, type StorePlace } from './open-store.ts'
import { type Retention, startRetention } from './retention.ts'
import { type ServedCollector, serveCollector } from './serve-collector.ts'
import type { Store } from './store.ts'

/** Serves until SIGTERM or SIGINT; a second signal ends it at once. */
export async function runServeCommand(values: CommandValues): Promise<void> {
  refuseKeyOptions(values)
  const port = wholeNumber('--port', values.port, 0, 65_535)
  const requestsPerMinute = values['rate-limit'] && wholeNumber('--rate-limit', values['rate-limit'], 1, 1e9)
  const retentionDays = values['retention-days'] && wholeNumber('--retention-days', values['retention-days'], 1, 36_500)
  const rateLimit = requestsPerMinute ? { rateLimit: { requestsPerMinute } } : {}
  const place = storePlace(values)
  const store = await openStore(place)
  const { routes } = createLiveView()
  const served = { store, port, host: values.host, routes, ...rateLimit }
  const collector = await serveCollector(served).catch(async (error) => {
    await store.close()
    throw explainListenError(error, port, values.host)
  })
  const retention = retentionDays
    ? startRetention({ store, days: retentionDays, reportError: (error) => console.error('chatlog collector:', error) })
    : null
  endOnSignal(collector, store, retention)
  console.log(`chatlog collector on ${collector.url}`)
  await hintWithoutKeys(store, place)
}

function endOnSignal(collector: ServedCollector, store: Store, retention: Retention | null): void {
  const end = async () => {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
    await Promise.all([collector.close(), retention?.stop()])
    await store.close()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

async function hintWithoutKeys(store: Store, { databaseUrl, data }: StorePlace): Promise<void> {
  const keys = await store.listKeys(defaultProjectId)
  if (keys.length > 0) return
  const where = databaseUrl === undefined ? `--data ${data}` : '--database-url …'
  console.error(`No keys yet, so nothing can be sent: chatlog-collector keys add --type web ${where}`)
}

/** An `--origin` given here would look like a limit and be none. */
function refuseKeyOptions(values: CommandValues): void {
  const given = (['type', 'origin', 'project'] as const).find((name) => values[name] !== undefined)
  if (given) throw new UsageError(`--${given} belongs to a key: chatlog-collector keys add --${given} …`)
  if (values.visitor !== undefined) throw new UsageError('--visitor belongs to: chatlog-collector forget --visitor …')
}

function explainListenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') return new Error(`port ${port} is taken: choose another with --port, 0 for any free`)
  if (error.code === 'EACCES') return new Error(`port ${port} needs more rights: choose one from 1024 with --port`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Error(`no address of this machine: --host ${host}`)
  return error
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`)
}
