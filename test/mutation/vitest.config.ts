import { statSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import packageJson from '../../package.json' with { type: 'json' }

/** Most mutants are noticed by any test: the quick ones come first. */
class SmallFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bytesOf = ({ moduleId }: TestSpecification) => statSync(moduleId).size
    return files.toSorted((one, other) => bytesOf(one) - bytesOf(other))
  }
}

/** The fast unit tests of what is mutated: neither sockets nor browsers, some seconds in all. */
export default defineConfig({
  define: { __CHATLOG_VERSION__: JSON.stringify(packageJson.version) },
  test: {
    include: ['test/{script,contract}/**/*.test.ts'],
    // These draw hundreds of cases, as the model does, or count what is done: what only they notice is worth a test that
    // says it.
    exclude: ['test/script/{fuzz,contract-property,long-conversation,cost-counts,wire-bytes}.test.ts'],
    // Of a machine that runs mutants beside; one that loops is ended by Stryker.
    testTimeout: 60_000,
    environment: 'node',
    setupFiles: ['test/seed.ts'],
    restoreMocks: true,
    // One worker that has every file's modules: half of the time went into loading them for each file anew.
    isolate: false,
    sequence: { sequencer: SmallFilesFirst },
  },
})
