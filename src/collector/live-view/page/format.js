import { element } from './elements.js'

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/**
 * @param {string} iso
 * @param {number} now milliseconds since 1970
 * @returns {string} `now`, `5 min. ago`, `yesterday`; the text itself when it isn't a date
 */
export function ago(iso, now) {
  const elapsedMs = now - Date.parse(iso)
  if (Number.isNaN(elapsedMs)) return iso
  const unit = units.find(([, ms]) => elapsedMs >= ms)
  return unit ? relative.format(-Math.floor(elapsedMs / unit[1]), unit[0]) : 'now'
}

/**
 * @param {string} iso
 * @param {'ago' | 'clock' | 'full'} style `ago` is kept right by the page while it is shown
 */
export function timeElement(iso, style) {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return element('span', {}, [iso])
  const text = { ago: () => ago(iso, Date.now()), clock: () => clock.format(date), full: () => full.format(date) }
  return element('time', { datetime: iso, title: full.format(date), 'data-style': style }, [text[style]()])
}

/** Renews every `ago` on the page. */
export function renewTimes() {
  for (const time of document.querySelectorAll('time[data-style="ago"]')) {
    time.textContent = ago(time.getAttribute('datetime') ?? '', Date.now())
  }
}

/**
 * @param {number} bytes
 * @returns {string} in decimal units, as the limit of 2,000,000 bytes is: `640 B`, `4.1 KB`, `1.92 MB`
 */
export function formatBytes(bytes) {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} KB`
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}

/**
 * @param {string} from ISO 8601
 * @param {string} to ISO 8601
 * @returns {string | null} the time between: `0.8 s`, `12 s`, `3 min`, `2 h`, `5 days`; `null` where it isn't forward
 */
export function formatSeconds(from, to) {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000
  if (Number.isNaN(seconds) || seconds < 0) return null
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/**
 * @param {number} count
 * @param {string} noun
 * @param {string} [plural]
 */
export function counted(count, noun, plural = `${noun}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`
}

/**
 * A conversation's size, drawn against the most that one request may carry.
 *
 * @param {number} bytes
 * @param {number} maxBytes
 */
export function sizeMeter(bytes, maxBytes) {
  const label = `${bytes.toLocaleString('en')} of ${maxBytes.toLocaleString('en')} bytes`
  const attributes = { min: '0', max: String(maxBytes), high: String(maxBytes * 0.8), value: String(bytes) }
  return element('meter', { ...attributes, 'aria-label': `Size: ${label}`, title: label })
}
