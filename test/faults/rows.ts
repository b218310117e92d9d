import type { Row } from './row.ts'
import { contents } from './rows/contents.ts'
import { crashes } from './rows/crashes.ts'
import { failingStore } from './rows/failing-store.ts'
import { identity } from './rows/identity.ts'
import { leaving } from './rows/leaving.ts'
import { outages } from './rows/outages.ts'
import { refusals } from './rows/refusals.ts'
import { storage } from './rows/storage.ts'
import { streaming } from './rows/streaming.ts'
import { tabs } from './rows/tabs.ts'

/** Every row of the table, in its order. */
export const rows: readonly Row[] = [
  ...leaving,
  ...outages,
  ...crashes,
  ...streaming,
  ...refusals,
  ...tabs,
  ...storage,
  ...failingStore,
  ...identity,
  ...contents,
]
