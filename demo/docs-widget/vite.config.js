import { defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that the page works under any path.
  base: './',
  build: {
    emptyOutDir: true,
    // What the demo's server serves beside this page.
    rolldownOptions: { external: [/^\/shared\//, /^\/home\//] },
  },
})
