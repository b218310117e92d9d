import { sharedByCopies } from './platform.ts'

/** Writes a line to the console once a page, however many copies of the script would write it. */
export function sayOnce(level: 'error' | 'warn' | 'debug', line: string): void {
  const said = sharedByCopies('said', () => new Set<string>())
  if (!said.has(line)) console[level](line)
  said.add(line)
}
