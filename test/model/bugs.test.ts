import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type * as deliveryModule from '../../src/script/conversation/delivery.ts'
import type { MessageEntry } from '../../src/script/conversation/transcript.ts'
import type * as foldModule from '../../src/script/store/fold-rows.ts'
import { rowRead } from '../../src/script/store/log-position.ts'
import * as bugs from './bugs.ts'
import { isLongForm } from './long-form.ts'
import { nothingIsLost } from './property.ts'

/** Bugs that no platform can make: the script's own modules are changed for them. */
const broken = vi.hoisted(() => {
  // Other tests of this worker have loaded them as they are, and load them so again.
  vi.resetModules()
  return { ignoresOtherTabs: false, acknowledgesByPosition: false }
})
afterAll(() => void vi.resetModules())

vi.mock('../../src/script/store/fold-rows.ts', async (importOriginal) => {
  const original = await importOriginal<typeof foldModule>()
  const foldRows: typeof original.foldRows = (conversation, rows, ...rest) => {
    const { logPosition } = conversation
    if (!broken.ignoresOtherTabs || !logPosition.loaded) return original.foldRows(conversation, rows, ...rest)
    rowRead(logPosition, Math.max(logPosition.readUpTo, rows.at(-1)?.seq ?? 0))
  }
  return { ...original, foldRows }
})

vi.mock('../../src/script/conversation/delivery.ts', async (importOriginal) => {
  const original = await importOriginal<typeof deliveryModule>()
  const acknowledged: typeof original.acknowledged = (delivery, sent) => {
    original.acknowledged(delivery, sent)
    if (!broken.acknowledgesByPosition) return
    const dirty = delivery.dirty as Set<MessageEntry>
    for (const entry of dirty) if (!entry.row.streaming) dirty.delete(entry)
  }
  return { ...original, acknowledged }
})

/**
 * Sequences within which each must be found; it takes some hundreds as a rule. The short form begins with sequences among
 * which all are found soon; the long form looks for others.
 */
const search = { numRuns: 20_000, endOnFailure: true, ...(!isLongForm && { seed: 12 }) }

// The property is worth something only if it finds what it is for: seven bugs, each in a script that is otherwise well.
describe('the property finds a script', () => {
  const isFound = async (bug?: bugs.Bug) => {
    const { failed } = await fc.check(nothingIsLost(bug), search)
    return failed
  }
  afterEach(() => {
    Object.assign(broken, { ignoresOtherTabs: false, acknowledgesByPosition: false })
  })

  test('that sends without what other tabs have stored', async () => {
    broken.ignoresOtherTabs = true
    expect(await isFound()).toBe(true)
  })

  test('that counts as delivered what came while a request was under way', async () => {
    broken.acknowledgesByPosition = true
    expect(await isFound()).toBe(true)
  })

  test.each([
    ['that counts as delivered what a beacon took', bugs.dirtyClearedByBeacon],
    ['that doesn’t take back what it armed before', bugs.staleRearm],
    ['that never replays the journal', bugs.journalNeverReplayed],
    ['that orders messages by the clock', bugs.orderByClock],
    ['that puts a later version of a message where it read the one before', bugs.versionInPlace],
  ])('%s', async (_name, bug) => {
    expect(await isFound(bug)).toBe(true)
  })
})
