import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  'database-url': { type: 'string' },
  'read-database-url': { type: 'string' },
  'rate-limit': { type: 'string' },
  'retention-days': { type: 'string' },
  'erase-share': { type: 'string' },
  'erase-discarded': { type: 'string' },
  'base-path': { type: 'string' },
  'drain-ms': { type: 'string' },
  'address-header': { type: 'string' },
  'log-level': { type: 'string' },
  'metrics-token': { type: 'string' },
  type: { type: 'string' },
  origin: { type: 'string', multiple: true },
  project: { type: 'string' },
  'also-project': { type: 'string', multiple: true },
  role: { type: 'string' },
  name: { type: 'string' },
  expires: { type: 'string' },
  visitor: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** The parsed command line. Each command checks by itself which options it takes. */
export type CommandValues = ReturnType<typeof parseCommand>['values']

/** @throws UsageError naming the option that is unknown or has no value */
export function parseCommand(commandArguments: string[]) {
  try {
    return parseArgs({ args: commandArguments, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(explainParseError(error))
  }
}

function explainParseError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const ambiguous = /^Option '(-\S*, )?(--\S+)' argument is ambiguous/.exec(message)?.[2]
  if (ambiguous) return `${ambiguous} needs a value; one that begins with a dash is given as ${ambiguous}=-…`
  return message.split(/\.\s/)[0] ?? message
}
