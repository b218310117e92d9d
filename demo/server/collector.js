import { openDemoKeys } from './keys.js'

/** @typedef {typeof import('../../src/collector/index.ts')} Collector */

// Imported at the start, not at the top of the file: it isn't there before the build.
const builtCollector = new URL('../../dist/collector.js', import.meta.url).href

/**
 * The collector that the demo pages send to, with its live view.
 *
 * @param {{ host: string, port: number, dataFolder: string }} where
 */
export async function startCollector({ host, port, dataFolder }) {
  /** @type {Collector} */
  const { addKey, createLiveView, openSqliteStore, serveCollector, verifyKey } = await import(builtCollector)
  const store = openSqliteStore(dataFolder)
  const liveView = createLiveView()
  try {
    const keys = await openDemoKeys(
      dataFolder,
      async (type) => (await addKey(store, { type })).key,
      async (key) => (await verifyKey(store, key)).kind === 'valid',
    )
    const served = await serveCollector({ store, host, port, routes: liveView.routes })

    return {
      webKey: keys.web,
      endpoint: `${served.url}/conversations`,
      /** An address that signs one browser in to the live view, once, within a minute. */
      liveViewUrl: async () => `${served.url}/sign-in?ticket=${await liveView.createSignInTicket(keys.api)}`,
      async close() {
        await served.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
