import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that the page works under any path.
  base: './',
  resolve: {
    // A page of your own has it from npm.
    alias: { 'chatlog/react': fileURLToPath(new URL('../../../dist/react.js', import.meta.url)) },
    dedupe: ['react'],
  },
})
