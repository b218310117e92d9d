/** A clock, in any of the ways that widgets write one. */
const clock = /(?:^|[^\d:.])([01]?\d|2[0-3])[:.h時][0-5]\d(?![\d])/i

const onlyClock = /^([01]?\d|2[0-3])[:.h時][0-5]\d(:[0-5]\d)?(\s?[ap]\.?\s?m\.?|\sUhr)?[\s✓✔]*$/i

const date = /\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b/

/** Words of times that are told in relation to now. */
const relative = new Set(
  (
    'ago now today yesterday vor eben gestern heute il hier aujourd hace ayer hoy ahora há ontem hoje agora fa ieri oggi geleden ' +
    'gisteren vandaag temu wczoraj teraz önce dün bugün lalu kemarin trước назад вчера сегодня сейчас'
  ).split(' '),
)

const relativeAnywhere =
  /\d\s?(秒|分|分钟|小时|時間|天|日)\s?前|刚刚|たった今|昨天|今天|昨日|今日|\d\s?(초|분|시간|일)\s?전|방금|어제|오늘/

const onlyDay =
  /^(today|yesterday|heute|gestern|aujourd['’]hui|hier|hoy|ayer|hoje|ontem|oggi|ieri|vandaag|gisteren|dzisiaj|wczoraj|bugün|dün|сегодня|вчера|今天|昨天|今日|昨日|오늘|어제|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\.?|\d{4}-\d\d-\d\d)$/i

/** Longest time, in UTF-16 units. */
const longestTime = 30

/** With the digits of Arabic, Persian and Hindi as those of Latin. */
const withPlainDigits = (text: string): string =>
  text.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g, (digit) =>
    String((digit.charCodeAt(0) - (digit > '\u0960' ? 6 : 0)) & 15),
  )

/**
 * Whether a text may be a time and nothing else. It is one only if every message bears such a text at the same place.
 */
export function mayBeTime(given: string): boolean {
  const text = withPlainDigits(given)
  if (text.length > longestTime) return false
  if (clock.test(text) || date.test(text) || relativeAnywhere.test(text)) return true
  const words = text.toLowerCase().split(/[^\p{L}\p{M}]+/u)
  return words.length <= 6 && words.some((word) => relative.has(word))
}

/** Whether a text is the time of a clock alone. */
export const isClock = (text: string): boolean => onlyClock.test(withPlainDigits(text))

/** Whether a text is the name of a day alone, or its date in digits. */
export const isDay = (text: string): boolean => onlyDay.test(text)
