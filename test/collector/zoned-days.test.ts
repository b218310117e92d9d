import { expect, test } from 'vitest'
import { dayIn, stepOf } from '../../src/collector/live-view/zoned-days.ts'

const quarterMs = 900_000
const years = [
  ['UTC', 2026],
  ['Europe/Berlin', 2026],
  ['America/New_York', 2026],
  ['Asia/Kolkata', 2026],
  ['Asia/Kathmandu', 2026],
  // Its clocks went from midnight to one, and back from midnight to eleven.
  ['America/Sao_Paulo', 2017],
  // It left out the 30th of December.
  ['Pacific/Apia', 2011],
  // It lived the 21st of August twice.
  ['Pacific/Kwajalein', 1969],
] as const

test.each(years)('each quarter of an hour stands on its day: %s, %i', (zone, year) => {
  const calendar = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' })
  const start = Date.UTC(year, 0, 1)
  const quarters = Array.from({ length: 366 * 96 }, (_, index) => start + index * quarterMs)
  const days = quarters.map((ms) => calendar.format(ms))

  const ascending = dayIn(zone)
  expect(quarters.map(ascending)).toEqual(days)
  const jumping = dayIn(zone)
  const anywhere = quarters.map((_, index) => (index * 7_919) % quarters.length).filter((_, index) => index % 7 === 0)
  for (const index of anywhere) expect(jumping((quarters[index] ?? 0) + 61_001)).toBe(days[index])
})

test.each([
  ['UTC', 'day'],
  ['Europe/Berlin', 'hour'],
  ['America/New_York', 'hour'],
  ['Asia/Kolkata', 'quarter'],
  ['Asia/Kathmandu', 'quarter'],
  // Half an hour, and only in winter.
  ['Australia/Lord_Howe', 'quarter'],
])('days of %s are made of steps of a %s', (zone, step) => {
  expect(stepOf(zone)).toBe(step)
})
