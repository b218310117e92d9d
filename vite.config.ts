import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { availableParallelism } from 'node:os'
import dts from 'unplugin-dts/vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { ownNames } from './.ci/with-packages/own-names.js'
import { privateMembersByName, privateNames } from './.ci/with-packages/private-names.js'
import packageJson from './package.json' with { type: 'json' }
import { reportSize } from './test/size/report-size.ts'

const external = [
  ...builtinModules,
  /^node:/,
  ...Object.keys(packageJson.dependencies),
  ...Object.keys(packageJson.peerDependencies),
].map((name) => (typeof name === 'string' ? new RegExp(`^${name}(/|$)`) : name))

/**
 * What the oldest supported browsers read, `browserslist` of package.json; their names as targets would replace every
 * `?.`, over a fault of Chrome 87 that concerns none of ours: 400 bytes. docs/evidence/engines.md
 */
const pageSyntax = 'es2020'

const define = { __CHATLOG_VERSION__: JSON.stringify(packageJson.version) }

/** `vite build`: the modules that others import, their dependencies left outside. */
const modules = defineConfig({
  define,
  // The live view's scripts are read by the collector as text: nobody imports them.
  plugins: [
    privateMembersByName(),
    dts({ bundleTypes: false, entryRoot: 'src', include: ['src'], exclude: ['src/collector/live-view/page'] }),
  ],
  build: {
    target: pageSyntax,
    minify: false,
    sourcemap: true,
    lib: {
      entry: {
        index: 'src/script/index.ts',
        observe: 'src/observe/index.ts',
        react: 'src/react/index.ts',
        'adapters/openai': 'src/adapters/openai.ts',
        'adapters/ai-sdk': 'src/adapters/ai-sdk.ts',
        'adapters/assistant-ui': 'src/adapters/assistant-ui.ts',
        'adapters/deep-chat': 'src/adapters/deep-chat.ts',
        'adapters/inkeep': 'src/adapters/inkeep.ts',
        'adapters/ag-ui': 'src/adapters/ag-ui.ts',
        'adapters/web-chat': 'src/adapters/web-chat.ts',
      },
      formats: ['es'],
    },
    rolldownOptions: { external, output: { chunkFileNames: 'script-[name].js' } },
  },
})

/** A file that a script tag loads, everything inside. */
const scriptTag = (entry: string, fileName: string, plugins: Plugin[] = []) =>
  defineConfig({
    define: { ...define, 'Number.POSITIVE_INFINITY': '1/0' },
    plugins: [privateMembersByName(), ...plugins],
    build: {
      target: pageSyntax,
      sourcemap: true,
      emptyOutDir: false,
      minify: 'terser',
      terserOptions: {
        // What is written alike compresses better; `unsafe` is this for those who call `new` on a plain function.
        compress: { passes: 3, ecma: 2020, arrows: false, unsafe_arrows: true, unsafe_methods: true },
        // Pages in other encodings than UTF-8 load it without a charset.
        format: { ecma: 2020, ascii_only: true },
        mangle: { properties: { regex: new RegExp(`^(${[...ownNames(), privateNames].join('|')})$`) } },
      },
      // `name` is for files that export something; these don't, so it becomes no global.
      lib: { entry, formats: ['iife'], name: 'chatlog', fileName: () => fileName },
      // Whatever a page lacks or has broken: loading a tag throws nothing into it. What takes `Promise` away later takes it
      // from the page alone.
      rolldownOptions: {
        output: {
          banner: 'try{const Promise=self.Promise;',
          footer: '}catch(e){self.console&&console.error("chatlog:",e)}',
        },
      },
    },
  })

/** `vite build --mode iife`: the tag. */
const tag = scriptTag('src/script/tag.ts', 'chatlog.js', [reportSize()])

/** `vite build --mode observe`: the tag with observing and redaction. */
const observeTag = scriptTag('src/observe/tag.ts', 'chatlog-observe.js')

/** `vite build --mode core`: what the lazy tag loads. */
const coreTag = scriptTag('src/lazy/core-tag.ts', 'chatlog-core.js')

/** `vite build --mode lazy`: the small tag. It names its core by the hash of the file, which is built before it. */
const lazyTag = () => {
  const core = readFileSync(new URL('dist/chatlog-core.js', import.meta.url))
  const integrity = `sha384-${createHash('sha384').update(core).digest('base64')}`
  const lazy = scriptTag('src/lazy/tag.ts', 'chatlog-lazy.js', [reportSize()])
  // Of js-cookie, which stands beside what it needs of the page, nothing is used.
  const rolldownOptions = { treeshake: { moduleSideEffects: false } }
  return {
    ...lazy,
    build: { ...lazy.build, rolldownOptions },
    define: { ...lazy.define, __CHATLOG_CORE_INTEGRITY__: JSON.stringify(integrity) },
  }
}

/** `vite build --mode debug`: the panel, a second tag beside either of the two, zod inside. */
const debugTag = scriptTag('src/debug/tag.ts', 'chatlog-debug.js')

/** `vite build --mode collector`: what receives it, on Node. */
const collector = defineConfig({
  define,
  build: {
    target: 'node20',
    minify: false,
    sourcemap: true,
    emptyOutDir: false,
    lib: { entry: { collector: 'src/collector/index.ts' }, formats: ['es'] },
    rolldownOptions: { external, output: { chunkFileNames: 'collector-[name].js' } },
  },
})

/** `vite build --mode testing`: what QA imports, on Node. The contract's schemas are inside: nothing but Playwright is needed. */
const testing = defineConfig({
  define,
  build: {
    target: 'node20',
    minify: false,
    sourcemap: true,
    emptyOutDir: false,
    lib: {
      entry: {
        testing: 'src/testing/index.ts',
        'testing-collector': 'src/testing/fake-collector.ts',
        'testing-matchers': 'src/testing/matchers.ts',
      },
      formats: ['es'],
    },
    rolldownOptions: {
      external: [...builtinModules, /^node:/, /^@?playwright(-core)?(\/|$)/],
      output: { chunkFileNames: 'testing-[name].js' },
    },
  },
})

const test = defineConfig({
  define,
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['test/seed.ts'],
    restoreMocks: true,
    // Loading the modules anew for each file took longer than most of the tests.
    isolate: false,
    // Only a hung test takes so long. Machines that test several things at once are slow, and no test of its own says less.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One less than there are cores is one on a machine with two, and many tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
})

export default defineConfig(({ mode }) => {
  if (process.env.VITEST) return test
  if (mode === 'lazy') return lazyTag()
  return { iife: tag, core: coreTag, observe: observeTag, debug: debugTag, collector, testing }[mode] ?? modules
})
