import { openFurtherProjects, projectsOpenedBy } from '../store/key-projects.ts'
import { addKey, defaultProjectId, keyIdOf, keyRoles } from '../store/keys.ts'
import type { KeyRole, KeyType, Store, StoredKey } from '../store/store.ts'
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
  const alsoProjects = parseFurtherProjects(type, values['also-project'] ?? [])
  const more = { role: parseRole(type, values.role), name: values.name, expiresAt: parseExpiry(values.expires) }
  const { key, stored } = await addKey(store, { type, origins: values.origin, projectId: values.project, ...more })
  if (alsoProjects.length > 0) await openFurtherProjects(store, stored, alsoProjects)
  const actor = { atMs: Date.now(), keyId: null, address: null }
  await store.addAudit(stored.projectId, { ...actor, action: 'add_key', subject: `${stored.id} (command line)` })
  console.log(
    `Added: ${describeKey(stored, [stored.projectId, ...alsoProjects])}. This is the only time the key is shown:`,
  )
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
  for (const key of keys) console.log(describeKey(key, await projectsOpenedBy(store, key)))
}

async function revoke(store: Store, [given, ...operands]: string[], values: CommandValues) {
  refuseOperands('keys revoke', operands)
  if (given === undefined) throw new UsageError('keys revoke: expected the id of a key, as keys list shows it')
  const keyId = keyIdOf(given) ?? given
  const isRevoked = await store.revokeKey(values.project ?? defaultProjectId, keyId, new Date().toISOString())
  if (isRevoked) {
    const entry = { atMs: Date.now(), action: 'revoke_key', keyId: null, address: null } as const
    await store.addAudit(values.project ?? defaultProjectId, { ...entry, subject: `${keyId} (command line)` })
  }
  if (!isRevoked) throw new Error(`the project has no working key ${JSON.stringify(keyId)}: see keys list`)
  console.log(`Revoked: ${keyId}. Requests with it are answered 403 from now on.`)
}

function describeKey(key: StoredKey, [, ...further]: string[]): string {
  const { id, type, projectId, origins, createdAt, revokedAt, role, name, expiresAt, lastUsedAt } = key
  const from = origins.length === 0 ? 'any origin' : origins.join(', ')
  const more = [
    further.length > 0 && `opens ${further.join(', ')} too`,
    role && `role ${role}`,
    name && `named ${JSON.stringify(name)}`,
    expiresAt && `expires ${expiresAt}`,
    lastUsedAt && `last used ${lastUsedAt}`,
    revokedAt && `revoked ${revokedAt}`,
  ].filter(Boolean)
  return [id, type, `project ${projectId}`, from, `added ${createdAt}`, ...more].join('  ')
}

function parseRole(type: KeyType, role: string | undefined): KeyRole | undefined {
  if (role === undefined) return undefined
  if (type === 'web') throw new UsageError('keys add: --role is for API keys; a WEB key only writes')
  const known = keyRoles.find((one) => one === role)
  if (known) return known
  throw new UsageError(`keys add: --role must be one of ${keyRoles.join(', ')}, got ${JSON.stringify(role)}`)
}

function parseFurtherProjects(type: KeyType, names: string[]): string[] {
  if (type === 'web' && names.length > 0) {
    throw new UsageError('keys add: --also-project is for API keys, with which people sign in')
  }
  if (names.includes('')) throw new UsageError('keys add: --also-project is given without a value')
  return names
}

function parseExpiry(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const date = /^\d{4}-\d{2}-\d{2}(T\S+)?$/.test(text) ? new Date(text) : null
  if (date && date.getTime() > Date.now()) return date.toISOString()
  throw new UsageError(`keys add: --expires must be a date to come, like 2027-01-31, got ${JSON.stringify(text)}`)
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
