import { defineConfig } from 'vite'

/** Plausible's tracker as a script of its own, which leaves a global. */
export default defineConfig({
  publicDir: false,
  logLevel: 'error',
  build: {
    outDir: 'test-results/bench',
    lib: {
      entry: 'test/bench/node_modules/@plausible-analytics/tracker/plausible.js',
      name: 'plausible',
      formats: ['iife'],
      fileName: () => 'plausible.js',
    },
  },
})
