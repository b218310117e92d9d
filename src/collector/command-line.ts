import { parseArgs } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { runForgetCommand } from './forget-command.ts'
import { runKeysCommand } from './keys-command.ts'
import { runServeCommand } from './serve-command.ts'
import { usage } from './usage.ts'

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  'database-url': { type: 'string' },
  'rate-limit': { type: 'string' },
  'retention-days': { type: 'string' },
  'log-level': { type: 'string' },
  'metrics-token': { type: 'string' },
  type: { type: 'string' },
  origin: { type: 'string', multiple: true },
  project: { type: 'string' },
  visitor: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** What was typed, parsed; which options a command takes is the command's own business. */
export type CommandValues = ReturnType<typeof parseCommand>['values']

/** The command line was wrong; the message says what and what is right. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Runs `chatlog-collector` with the arguments after its name. Serving goes on after it resolves, until SIGTERM or
 * SIGINT. On failure it prints one line to stderr and sets the exit code: 2 for a wrong command line, else 1.
 */
export async function runCommandLine(commandArguments: string[]): Promise<void> {
  try {
    await run(commandArguments)
  } catch (error) {
    const isUsage = error instanceof UsageError
    const hint = isUsage ? ' (chatlog-collector --help lists everything)' : ''
    console.error(`chatlog-collector: ${error instanceof Error ? error.message : error}${hint}`)
    process.exitCode = isUsage ? 2 : 1
  }
}

async function run(commandArguments: string[]): Promise<void> {
  const { values, positionals } = parseCommand(commandArguments)
  const [command, ...rest] = positionals
  if (values.help) return console.log(usage)
  if (values.version) return console.log(packageJson.version)
  if (command === 'keys') return runKeysCommand(rest, values)
  if (command === 'forget') return runForgetCommand(rest, values)
  if (command !== undefined) throw new UsageError(`unknown command ${JSON.stringify(command)}`)
  return runServeCommand(values)
}

function parseCommand(commandArguments: string[]) {
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
