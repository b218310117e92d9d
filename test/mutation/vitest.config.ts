import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
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

/** The unit tests of what is mutated, and of the collector, which holds requests to the contract: no browsers. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  define: { __CHATLOG_VERSION__: JSON.stringify(packageJson.version) },
  test: {
    include: [
      'test/{script,contract}/**/*.test.ts',
      'test/model/nothing-is-lost.test.ts',
      'test/collector/{contract-rows,conversation-answer,events-and-feedback,openapi,refusals}.test.ts',
    ],
    // It counts calls of what the script takes once, when it is loaded.
    exclude: ['test/script/cost-counts.test.ts'],
    environment: 'node',
    setupFiles: ['test/seed.ts', 'test/mutation/no-shrinking.ts'],
    restoreMocks: true,
    // One worker that loads every module once and runs each mutant in it.
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    runner: 'test/mutation/mutant-runner.ts',
    testTimeout: 600_000,
    sequence: { sequencer: SmallFilesFirst },
    dangerouslyIgnoreUnhandledErrors: true,
  },
})
