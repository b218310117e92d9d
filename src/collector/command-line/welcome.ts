import type { OwnLiveView } from '../live-view/live-view.ts'
import { addKey, defaultProjectId, isExpired, mayAs } from '../store/keys.ts'
import type { Store, StoredKey } from '../store/store.ts'

/** How long the printed link signs one browser in, in minutes: somebody has to find the line and open it. */
const linkMinutes = 10

/** What the welcome is made of; `isTerminal`: a person reads what is printed. */
export type Welcome = {
  store: Store
  liveView: Pick<OwnLiveView, 'createTicket'>
  collector: { url: string }
  isTerminal: boolean
}

/**
 * Prints a link that signs in to the live view: at every start in a terminal; elsewhere only until somebody has made a
 * key, since others may read a log. Where there is no key yet, opening the link makes an API key, whose secret nobody
 * sees.
 */
export async function welcome({ store, liveView, collector, isTerminal }: Welcome): Promise<void> {
  const isNew = await hasNoKeys(store)
  if (!isNew && !isTerminal) return
  const reader = await findReader(store)
  if (!isNew && !reader) return
  const ticket = liveView.createTicket(reader ? sessionOf(reader) : () => makeReader(store), linkMinutes * 60_000)
  console.log(`Open the live view: ${reachable(collector.url)}/sign-in?ticket=${ticket}`)
  console.log(`The link works once, within ${linkMinutes} minutes.${isNew ? nextStep : ''}`)
}

const nextStep = ' The live view shows how to record your first conversation.'

async function hasNoKeys(store: Store): Promise<boolean> {
  const projectIds = [defaultProjectId, ...(await store.listProjectIds())]
  const keys = await Promise.all(projectIds.map((projectId) => store.listKeys(projectId)))
  return keys.every((ofProject) => ofProject.length === 0)
}

const sessionOf = ({ id, projectId }: StoredKey) => ({ keyId: id, projectId })

async function makeReader(store: Store) {
  const { stored } = await addKey(store, { type: 'api', role: 'admin', name: 'first link' })
  return sessionOf(stored)
}

async function findReader(store: Store): Promise<StoredKey | undefined> {
  const keys = await store.listKeys(defaultProjectId)
  const working = keys.filter((key) => key.type === 'api' && key.revokedAt === null && !isExpired(key, Date.now()))
  // Whoever reads the terminal has the store, and so may do everything.
  return working.find((key) => mayAs('admin', key)) ?? working[0]
}

/**
 * The address as a browser on this machine can open it: `0.0.0.0` and `[::]` stand for all addresses of the machine.
 */
const reachable = (url: string) => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
