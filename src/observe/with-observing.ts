import type { Ledger } from '../script/ledger.ts'
import type { ResolvedOptions } from '../script/options.ts'
import type { Platform } from '../script/platform.ts'
import type { Recording, startRecording } from '../script/start.ts'
import type { ObserveSelectors } from './read/observe-selectors.ts'
import type { ObservedPage } from './read/page.ts'
import { createClickReader } from './record/clicks.ts'
import { Observation } from './record/observation.ts'
import { WidgetWatch } from './watch/watch-widget.ts'

/** Keeps the widgets that an instance observes, and has them observed while the visitor consents. */
export interface Observing {
  /** Observes one more widget, now and after each later grant of consent. */
  add(selectors: ObserveSelectors): void
  start: (watch: ((selectors: ObserveSelectors) => void) | null) => void
}

export function createObserving(): Observing {
  const all: ObserveSelectors[] = []
  let watch: ((selectors: ObserveSelectors) => void) | null = null
  return {
    add(selectors) {
      all.push(selectors)
      watch?.(selectors)
    },
    start(started) {
      watch = started
      if (started) all.forEach(started)
    },
  }
}

/** Makes a recording that also reads the widgets which its instance observes. */
export const withObserving =
  (
    start: typeof startRecording,
    observingOf: (storeName: string) => Observing,
    openPage: () => ObservedPage,
  ): typeof startRecording =>
  (parts) => {
    const { options, platform, ledger } = parts
    const page = openPage()
    const observing = observingOf(options.storeName)
    const ends = new Set<() => void>()
    const leaving = new Set<() => void>()
    // It subscribes before the recording does, so that the recording writes down at the page's end what this look
    // recorded.
    ends.add(platform.onPageHidden(() => leaving.forEach((look) => void look())))
    const recording = start(parts)
    const watch = (selectors: ObserveSelectors, hasAsked = false) => {
      const watching = observeWidget({ page, recording, options, platform, ledger }, selectors, (guessed) => {
        ends.delete(watching.stop)
        leaving.delete(watching.lookBeforeLeaving)
        watching.stop()
        watch(guessed, true)
      })
      ends.add(watching.stop)
      leaving.add(watching.lookBeforeLeaving)
      watching.start(hasAsked)
    }
    observing.start((selectors) => watch(selectors))

    const endBy = (finish: () => void) => () => {
      leaving.forEach((look) => void look())
      observing.start(null)
      for (const one of ends) one()
      finish()
    }
    return { ...recording, stop: endBy(recording.stop), wipe: endBy(recording.wipe) }
  }

interface ObservingParts {
  page: ObservedPage
  recording: Recording
  options: ResolvedOptions
  platform: Platform
  ledger: Ledger
}

/** Observes one widget. @returns functions that start it, stop it, and take a last look before the page goes */
function observeWidget(
  { page, recording, options, platform, ledger }: ObservingParts,
  selectors: ObserveSelectors,
  onGuessed: (selectors: ObserveSelectors) => void,
) {
  const observation = new Observation({ recording, options, platform, ledger })
  const widget = new WidgetWatch({
    page,
    platform,
    selectors,
    look: (containers, leaving) => observation.look(containers, leaving),
    nextSettleMs: () => observation.nextSettleMs(),
    told: (isShown) => observation.tellOrder(isShown),
    complain: ledger.complain,
    onGuessed,
  })
  observation.onReady(() => widget.lookSoon())
  const onTyped = () => observation.interact('typed')
  const onClick = createClickReader({
    recording,
    selectors,
    page,
    observation,
    isInside: (element) => widget.isInside(element),
    look: () => widget.lookBeforeClick(),
    onFeedback: (messageId, type) => recording.recorder.trackFeedback({ messageId, type }),
  })
  const unsubscribes = [page.onTyped(null, onTyped), platform.onClick(null, ({ elements }) => onClick(elements))]
  widget.onFrame((frame) => unsubscribes.push(page.onTyped(frame, onTyped), page.onFrameClick(frame, onClick)))
  return {
    /** @param hasAsked the visitor has typed, and what they said isn't recorded yet */
    start(hasAsked: boolean) {
      if (hasAsked) onTyped()
      widget.start()
    },
    lookBeforeLeaving: () => widget.lookBeforeLeaving(),
    stop() {
      for (const unsubscribe of unsubscribes) unsubscribe()
      widget.stop()
    },
  }
}
