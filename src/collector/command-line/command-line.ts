import packageJson from '../../../package.json' with { type: 'json' }
import { parseCommand } from './command-values.ts'
import { runForgetCommand } from './forget-command.ts'
import { runKeysCommand } from './keys-command.ts'
import { runMigrateCommand } from './migrate-command.ts'
import { runServeCommand } from './serve-command.ts'
import { usage } from './usage.ts'
import { UsageError } from './usage-error.ts'

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
  if (command === 'migrate') return runMigrateCommand(rest, values)
  if (command !== undefined) throw new UsageError(`unknown command ${JSON.stringify(command)}`)
  return runServeCommand(values)
}
