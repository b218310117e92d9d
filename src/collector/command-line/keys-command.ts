import { addKey, defaultProjectId, keyIdOf } from '../store/keys.ts'
import type { KeyType, Store, StoredKey } from '../store/store.ts'
import type { CommandValues } from './command-values.ts'
import { openStore } from './open-store.ts'
import { storePlace } from './settings.ts'
import { UsageError } from './usage-error.ts'

type KeysCommand = (store: Store, operands: string[], values: CommandValues) => Promise<void>

const commands: Record<string, KeysCommand> = { add, list, revoke }

/** `keys add | list | revoke`. Prints to stdout. */
export async function runKeysCommand([name, ...operands]: string[], values: CommandValues): Promise<void> {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name ?? ''] : undefined
  if (!command) throw new UsageError('keys: expected add, list or revoke')
  const store = await openStore(storePlace(values))
  try {
    await command(store, operands, values)
  } finally {
    await store.close()
  }
}

async function add(store: Store, operands: string[], values: CommandValues) {
  refuseOperands('keys add', operands)
  const type = parseKeyType(values.type)
  const { key, stored } = await addKey(store, { type, origins: values.origin, projectId: values.project })
  console.log(`Added: ${describeKey(stored)}. This is the only time the key is shown:`)
  console.log(key)
}

async function list(store: Store, operands: string[], values: CommandValues) {
  refuseOperands('keys list', operands)
  const { project = defaultProjectId } = values
  const projectIds = values.project === undefined ? await store.listProjectIds() : [project]
  const keys = (await Promise.all(projectIds.map((projectId) => store.listKeys(projectId)))).flat()
  if (!projectIds.includes(project) || keys.length === 0) {
    console.log(`No keys yet in project ${project}: chatlog-collector keys add --type web`)
  }
  for (const key of keys) console.log(describeKey(key))
}

async function revoke(store: Store, [given, ...operands]: string[], values: CommandValues) {
  refuseOperands('keys revoke', operands)
  if (given === undefined) throw new UsageError('keys revoke: expected the id of a key, as keys list shows it')
  const keyId = keyIdOf(given) ?? given
  const isRevoked = await store.revokeKey(values.project ?? defaultProjectId, keyId, new Date().toISOString())
  if (!isRevoked) throw new Error(`the project has no working key ${JSON.stringify(keyId)}: see keys list`)
  console.log(`Revoked: ${keyId}. Requests with it are answered 403 from now on.`)
}

function describeKey({ id, type, projectId, origins, createdAt, revokedAt }: StoredKey): string {
  const from = origins.length === 0 ? 'any origin' : origins.join(', ')
  return `${id}  ${type}  project ${projectId}  ${from}  added ${createdAt}${revokedAt ? `  revoked ${revokedAt}` : ''}`
}

function parseKeyType(type: string | undefined): KeyType {
  if (type === 'web' || type === 'api') return type
  throw new UsageError(
    `keys add: --type must be web or api${type === undefined ? '' : `, got ${JSON.stringify(type)}`}`,
  )
}

function refuseOperands(command: string, operands: string[]): void {
  if (operands.length > 0) throw new UsageError(`${command}: unexpected ${JSON.stringify(operands[0])}`)
}
