import { pathToFileURL } from 'node:url'
import { openDemoKeys } from './keys.js'

/** @typedef {typeof import('../../src/collector/index.ts')} Collector */

/**
 * The collector that the demo pages send to, with its live view.
 *
 * @param {{ host: string, port: number, dataFolder: string, dist: string }} where `dist` is the folder that it was built into,
 *   ending in a separator
 */
export async function startCollector({ host, port, dataFolder, dist }) {
  /** @type {Collector} */
  const { addKey, createLiveView, openSqliteStore, serveCollector, verifyKey } = await import(
    pathToFileURL(`${dist}collector.js`).href
  )
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
