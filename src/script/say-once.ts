import { sharedByCopies } from './platform.ts'

/** Says it once a page, whichever copy of the script has something to say. */
export function sayOnce(level: 'error' | 'warn' | 'debug', line: string): void {
  const said = sharedByCopies('said', () => new Set<string>())
  if (!said.has(line)) console[level](line)
  said.add(line)
}
