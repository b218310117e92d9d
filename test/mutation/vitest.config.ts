import { defineConfig } from 'vitest/config'
import packageJson from '../../package.json' with { type: 'json' }

/** The fast unit tests of what is mutated: neither sockets nor browsers, some seconds in all. */
export default defineConfig({
  define: { __CHATLOG_VERSION__: JSON.stringify(packageJson.version) },
  test: {
    include: ['test/{script,contract}/**/*.test.ts'],
    // These draw hundreds of cases, as the model does: what only they notice is worth a test that says it.
    exclude: ['test/script/{fuzz,contract-property,long-conversation,cost-counts,wire-bytes}.test.ts'],
    // Of a machine that runs mutants beside; one that loops is ended by Stryker.
    testTimeout: 60_000,
    environment: 'node',
    setupFiles: ['test/seed.ts'],
    restoreMocks: true,
    isolate: false,
  },
})
