import type { EnginePromise } from './promise.ts'
import { consent } from './promises/consent.ts'
import { identity } from './promises/identity.ts'
import { leaving } from './promises/leaving.ts'
import { links } from './promises/links.ts'
import { offline } from './promises/offline.ts'
import { recording } from './promises/recording.ts'
import { resuming } from './promises/resuming.ts'
import { storage } from './promises/storage.ts'
import { streaming } from './promises/streaming.ts'
import { tabs } from './promises/tabs.ts'

/** What every engine is held to, by subject. */
export const promises: Record<string, readonly EnginePromise[]> = {
  Recording: recording,
  Streaming: streaming,
  'The next page': resuming,
  'Leaving the page': leaving,
  'Two tabs': tabs,
  'Clicked links': links,
  'The visitor': identity,
  Consent: consent,
  'No storage': storage,
  'No network': offline,
}
