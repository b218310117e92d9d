import { createInit } from '../script/create-init.ts'
import { resolveOptions } from '../script/options.ts'
import { type Recording, type RecordingParts, startRecording } from '../script/start.ts'
import { type CoreElement, type HandOver, lazyOptions, type StartCore } from './hand-over.ts'
import { takeOver } from './take-over.ts'

/** Gives what the next recording takes over from the first file; `null` before the core was started. */
let take: (() => HandOver) | null = null
/** Takes that over. It waits until the page's listeners are on the core, so that they hear of each message. */
let replay: (() => void) | null = null
let isStarting = false

const run = () => {
  replay?.()
  replay = null
}

const start = (parts: RecordingParts): Recording => {
  const recording = startRecording(parts)
  const taking = take
  if (taking) replay = () => takeOver(recording, parts, taking(), document.visibilityState === 'hidden')
  if (!isStarting) run()
  return recording
}

const init = createInit({ resolve: resolveOptions, start, moreOptions: lazyOptions })

const startCore: StartCore = (given, handedOver, onStarted) => {
  take = handedOver
  isStarting = true
  const core = init(given)
  isStarting = false
  onStarted?.(core)
  run()
  return core
}

const element = document.currentScript as CoreElement | null
element?.chatlogCore?.(startCore)
