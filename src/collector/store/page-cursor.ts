import { InvalidCursorError } from './store.ts'

/** Where a page ended: its last conversation's creation (milliseconds since 1970) and its number of arrival. */
export type PageEnd = [createdMs: number, arrival: number]

/** The place as opaque text that is safe in a URL. */
export function formatCursor(end: PageEnd): string {
  return Buffer.from(end.join(' ')).toString('base64url')
}

/** @throws InvalidCursorError when the text isn't what `formatCursor` makes */
export function parseCursor(cursor: string): PageEnd {
  const match = /^(-?\d{1,16}) (\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match) throw new InvalidCursorError()
  return [Number(match[1]), Number(match[2])]
}
