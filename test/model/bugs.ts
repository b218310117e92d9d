import type { LogRow, NewRow } from '../../src/script/conversation/rows.ts'
import type { Platform } from '../../src/script/platform.ts'
import type { RowLog } from '../../src/script/store/row-log.ts'
import type { FakeBrowser } from '../script/fakes/fake-platform.ts'

/** What a script with a known bug would do, made by changing what its platform does. */
export type Bug = (platform: Platform, browser: FakeBrowser) => Platform

const withRowLog = (platform: Platform, change: (log: RowLog) => RowLog): Platform => ({
  ...platform,
  openRowLog: async (name) => change(await platform.openRowLog(name)),
})

const delivered = (conversationId: string, wireId: string, upTo: number, browser: FakeBrowser): NewRow => {
  const row = { kind: 'delivered', conversationId, tabId: 'bug', upTo, underWay: [] } as const
  return { ...row, activeAt: browser.clock.now(), wireId }
}

/** What a beacon, or a last request that nobody hears of again, took is written down as delivered. */
export const dirtyClearedByBeacon: Bug = (platform, browser) => {
  const clear = (body: string) => {
    const { id } = JSON.parse(body) as { id: string }
    const rows = browser.database.rows().filter(({ conversationId }) => conversationId === id)
    browser.database.plant(delivered(id, id, Math.max(0, ...rows.map(({ seq }) => seq)), browser))
  }
  return {
    ...platform,
    sendBeacon(url, body) {
      const taken = platform.sendBeacon(url, body)
      if (taken) clear(body)
      return taken
    },
  }
}

/** What is armed isn't taken back when something newer is armed, or when it was acknowledged. */
export const staleRearm: Bug = (platform) => ({
  ...platform,
  fetchLater: (request) => (platform.fetchLater?.(request) ? () => {} : null),
})

/** The next start doesn't look for journals. */
export const journalNeverReplayed: Bug = (platform) => ({
  ...platform,
  localText: { ...platform.localText, keys: () => [] },
})

/** A later version of a message stands where the version stood that was read: no tab looks there again. */
export const versionInPlace: Bug = (platform) => {
  const places = new Map<string, number>()
  const inPlace = (row: NewRow): NewRow | LogRow => {
    const seq = row.kind === 'message' && places.get(row.id)
    return seq ? { ...row, seq } : row
  }
  return withRowLog(platform, (log) => ({
    ...log,
    read: (conversationId, afterSeq, onRows) =>
      log.read(conversationId, afterSeq, (rows) => {
        for (const row of rows) if (row.kind === 'message') places.set(row.id, row.seq)
        onRows(rows)
      }),
    append: (rows, superseded, onSaved) => log.append(rows.map(inPlace), superseded, onSaved),
  }))
}

/** Messages stand in the order of the clock. */
export const orderByClock: Bug = (platform) => {
  const places = new Map<string, number>()
  const placed = <Row extends NewRow | LogRow>(row: Row): Row => {
    if (row.kind !== 'message') return row
    const place = places.get(row.id) ?? platform.now()
    places.set(row.id, place)
    return { ...row, order: place }
  }
  return withRowLog(platform, (log) => ({
    ...log,
    append: (rows, superseded, onSaved) => log.append(rows.map(placed), superseded, onSaved),
  }))
}
