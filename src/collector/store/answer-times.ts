import type { AnswerTime } from './store.ts'
import { startOfStep } from './tallies.ts'

/** The answer times of a quarter of an hour, which databases give as one text: a row for each costs half as much again. */
export function answerTimesOf(quarter: number, waits: string): AnswerTime[] {
  const startMs = startOfStep('quarter', quarter)
  return waits.split(',').map((wait) => ({ startMs, waitMs: Number(wait) }))
}
