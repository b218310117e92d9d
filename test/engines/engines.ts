import { chromium } from './chromium.ts'
import type { Engine } from './engine.ts'
import { firefox } from './firefox.ts'
import { webkitGtk } from './webkitgtk.ts'

/** Every engine that the promises are held to. */
export const engines: readonly Engine[] = [chromium, firefox, webkitGtk]
