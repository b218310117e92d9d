import fc from 'fast-check'
import type { Platform } from '../../src/script/platform.ts'
import type { FakeBrowser } from '../script/fakes/fake-platform.ts'
import { commandArbitraries } from './commands.ts'
import { differences, nextVisit } from './verdict.ts'
import { createWorld, type Setting } from './world.ts'

const serverArbitrary = fc.constantFrom<Pick<Setting, 'server' | 'mode'>>(
  { server: 'hosted', mode: 'replace' },
  { server: 'hosted', mode: 'merge' },
  { server: 'chatlog', mode: 'merge' },
)

/** Any browser and server that the script may meet. */
export const settingArbitrary: fc.Arbitrary<Setting> = fc
  .record({
    endpoint: serverArbitrary,
    // More often than not as in Chromium on https.
    locks: fc.constantFrom(true, true, false),
    fetchLater: fc.constantFrom(true, true, false),
    endsClosed: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ endpoint, ...setting }) => ({ ...setting, ...endpoint }))

/**
 * Whatever happens to two tabs, their browser, the clock, the network and the server: once network and server are well
 * and the visitor has come back, the server holds exactly what was recorded, in order, nothing doubled.
 *
 * @param alter breaks the script on purpose, through its platform
 */
export const nothingIsLost = (alter?: (platform: Platform, browser: FakeBrowser) => Platform) =>
  fc.asyncProperty(
    settingArbitrary,
    fc.commands(commandArbitraries, { size: 'max', maxCommands: 40 }),
    async (setting, commands) => {
      const { model, real } = createWorld(setting, alter)
      await fc.asyncModelRun(() => ({ model, real }), commands)
      await nextVisit(model, real)
      const wrong = differences(model, real)
      if (wrong.length) throw new Error(wrong.join('\n'))
    },
  )
