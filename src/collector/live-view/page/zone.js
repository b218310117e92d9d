/** The time zone that the reader's browser is set to, `Europe/Berlin`. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** @returns {string} the zone by its name and its distance from UTC now: `Europe/Berlin (GMT+1)` */
export function zoneText() {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts()
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value
  return offset && offset !== zone ? `${zone} (${offset})` : zone
}

/**
 * @param {number} daysAgo
 * @returns {string} a day of this zone, `2026-03-01`
 */
export function localDay(daysAgo) {
  const now = new Date()
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/**
 * The filters as the collector is asked for them: days of this zone become the moments at which they begin and end.
 *
 * @param {URLSearchParams} filters
 */
export function queryOf(filters) {
  const query = new URLSearchParams(filters)
  for (const [name, later] of /** @type {const} */ ([
    ['from', 0],
    ['to', 1],
  ])) {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(filters.get(name) ?? '')
    if (!match) continue
    const start = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later)
    query.set(name, start.toISOString())
  }
  return query
}
