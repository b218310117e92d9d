import { pageConsole, sharedByCopies } from './platform.ts'

/** Writes a line to the console once a page, however many copies of the script would write it. */
export function sayOnce(level: 'error' | 'warn' | 'debug', line: string): void {
  const said = sharedByCopies('said', (): string[] => [])
  if (said.includes(line)) return
  said.push(line)
  pageConsole[level](line)
}
