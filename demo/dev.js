// `npm run dev`: the demos of `npm start`, built again at every change, and open pages reload. What is built stays in
// .dev, so that a half-finished change is in nobody's dist.
import { fork } from 'node:child_process'
import { readdirSync, watch } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import packageJson from '../package.json' with { type: 'json' }
import { complain, endOnSignal } from './server/ending.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = fileURLToPath(new URL('../.dev/', import.meta.url))
const widget = fileURLToPath(new URL('../.dev/docs-widget/', import.meta.url))
const useChat = fileURLToPath(new URL('../.dev/use-chat/', import.meta.url))
const devServer = fileURLToPath(new URL('server/dev-server.js', import.meta.url))

/** Several files are often saved together, and a file by several writes. */
const settleMs = 100

/** @type {import('node:child_process').ChildProcess | null} */
let server = null
/** After the first start: the ports that it found. */
let port = process.env.PORT
/** @type {Promise<unknown>} */
let restarted = Promise.resolve()

try {
  console.log('chatlog: building …')
  const watchers = [
    ...(await Promise.all(['iife', 'observe', 'debug'].map((mode) => watchBuild(tellPages, { root, mode })))),
    await watchBuild(tellPages, adapters()),
    await watchBuild(tellPages, bundledDemo('docs-widget', widget)),
    await watchBuild(tellPages, bundledDemo('widgets/use-chat', useChat)),
    await watchBuild(restart, { root, mode: 'collector' }),
  ]
  endOnSignal(async () => {
    await Promise.all(watchers.map((watcher) => watcher.close()))
    await endServer()
  })
  console.log(`chatlog demo on ${await startServer()}, built again at every change`)
  watchDemos()
} catch (error) {
  complain(error)
  process.exit()
}

/**
 * Builds, and again at every change.
 *
 * @param {() => void} onRebuilt
 * @param {import('vite').InlineConfig} config
 */
async function watchBuild(onRebuilt, config) {
  const { outDir = dist, ...others } = config.build ?? {}
  const watcher = /** @type {import('vite').Rolldown.RolldownWatcher} */ (
    await build({
      logLevel: 'warn',
      ...config,
      // Minifying takes longer than all the rest, and a changed line is easier to find without.
      build: { ...others, outDir, minify: false, watch: { buildDelay: settleMs } },
    })
  )
  await /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      let isFirst = true
      watcher.on('event', (event) => {
        if (event.code === 'BUNDLE_END' || event.code === 'ERROR') void event.result?.close()
        if (event.code === 'ERROR') return console.error(`chatlog: ${event.error.message}`)
        if (event.code !== 'END') return
        if (!isFirst) onRebuilt()
        isFirst = false
        resolve()
      })
    })
  )
  return watcher
}

/** The modules that a demo imports as they are. */
function adapters() {
  const names = readdirSync(`${root}src/adapters`).map((file) => `adapters/${file.replace('.ts', '')}`)
  const entry = Object.fromEntries(names.map((name) => [name, `${root}src/${name}.ts`]))
  const lib = { entry, formats: /** @type {['es']} */ (['es']) }
  return { configFile: /** @type {const} */ (false), build: { emptyOutDir: false, lib } }
}

/**
 * A demo that is bundled, with chatlog's source in place of the package.
 *
 * @param {string} folder of `demo`
 * @param {string} outDir
 */
function bundledDemo(folder, outDir) {
  return {
    root: `${root}demo/${folder}`,
    resolve: { alias: { 'chatlog/react': `${root}src/react/index.ts`, chatlog: `${root}src/script/index.ts` } },
    define: { __CHATLOG_VERSION__: JSON.stringify(packageJson.version) },
    build: { outDir, emptyOutDir: true },
  }
}

/** Pages are served from their source: a change needs no build. */
function watchDemos() {
  /** @type {NodeJS.Timeout} */
  let settled
  for (const folder of readdirSync(`${root}demo`)) {
    // In `widgets`, folders hold thousands of files of other people's packages, and a demo that is bundled.
    watch(`${root}demo/${folder}`, { recursive: folder !== 'widgets' }, () => {
      clearTimeout(settled)
      settled = setTimeout(() => (folder === 'server' ? restart() : tellPages()), settleMs)
    })
  }
}

function tellPages() {
  server?.send('changed')
}

/** @returns {Promise<string>} its address */
function startServer() {
  return new Promise((resolve, reject) => {
    const ports = {
      ...(port && { PORT: port }),
      ...(process.env.PORT === '0' && { CHATLOG_ANY_COLLECTOR_PORT: 'yes' }),
    }
    const child = fork(devServer, [dist, widget, useChat], { env: { ...process.env, ...ports } })
    server = child
    child.once('message', (url) => {
      port = new URL(String(url)).port
      resolve(String(url))
    })
    child.once('exit', () => reject(new Error('the server ended: the reason is above')))
  })
}

/** One after another: two at a time would fight for the port. */
function restart() {
  restarted = restarted.then(async () => {
    await endServer()
    // It has said why; the next change starts it again.
    await startServer().catch(() => {})
  })
}

async function endServer() {
  const ending = server
  server = null
  if (!ending || ending.exitCode !== null) return
  await new Promise((resolve) => {
    ending.once('exit', resolve)
    ending.kill('SIGTERM')
  })
}
