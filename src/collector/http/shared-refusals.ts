import { nanoid } from 'nanoid'
import { refusalsKeptMs, type Store } from '../store/store.ts'
import { createRefusals, type RefusalList, type SharedRefusals, type Whose } from './refusals.ts'

/** How often a collector tells the others what it refused, in milliseconds. */
const shareEveryMs = 10_000

/** Under which project the store keeps what is nobody's. */
const projectOf = (whose: Whose) => whose ?? ''

/**
 * Shares through the store what collectors refuse, so that each one's live view lists it all. No refused request waits for
 * it or costs a write: every ten seconds a collector tells the store what it remembers of each project in which it refused
 * something since, which is bounded. A store that is away is told once it is back.
 *
 * @param now milliseconds since 1970
 */
export function createSharedRefusals({
  store,
  now,
  reportError,
}: {
  store: Store
  now: () => number
  reportError: (error: unknown) => void
}) {
  const collectorId = nanoid()
  const changed = new Set<Whose>()
  const told = new Set<Whose>()
  let timer: NodeJS.Timeout | null = null
  const refusals = createRefusals(now, (whose) => {
    changed.add(whose)
    timer ??= setInterval(() => void tellAll(), shareEveryMs).unref()
  })

  async function tellAll(): Promise<void> {
    // What was told is taken back once its hour is over.
    for (const whose of told) if (refusals.share(whose) === null) changed.add(whose)
    for (const whose of [...changed]) await tell(whose)
    if (changed.size + told.size === 0) stopTelling()
  }

  function stopTelling(): void {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  async function tell(whose: Whose): Promise<void> {
    changed.delete(whose)
    const own = refusals.share(whose)
    try {
      const json = own && JSON.stringify(own)
      await store.putRefusals(projectOf(whose), { collectorId, json, atMs: now() })
      if (own) told.add(whose)
      else told.delete(whose)
    } catch (error) {
      changed.add(whose)
      reportError(error)
    }
  }

  return {
    ...refusals,
    /** Tells the store at once, and plans nothing more: for the end, before the store is closed. Never rejects. */
    async shareNow(): Promise<void> {
      stopTelling()
      await tellAll()
    },
    /** What was refused in the last hour, by this collector and, as they told last, by the others. */
    async listAll(whose: Whose): Promise<RefusalList> {
      const elsewhere = await store.listRefusals(projectOf(whose), collectorId, now() - refusalsKeptMs)
      return refusals.list(
        whose,
        elsewhere.map((json) => JSON.parse(json) as SharedRefusals),
      )
    },
  }
}
