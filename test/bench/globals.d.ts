// What the libraries that are compared put into the page, as far as the benchmark uses it.

declare const chatlog: import('../../src/script/chatlog.ts').Chatlog & {
  init: typeof import('../../src/script/index.ts').init
  /** In `chatlog-observe.js`. */
  observe: import('../../src/observe/index.ts').ObservingChatlog['observe']
}
declare const amplitude: {
  init(apiKey: string, options: object): void
  track(event: string, properties: object): void
}
declare const snowplowBrowserTracking: {
  newTracker(name: string, endpoint: string, options: object): void
  trackPageView(): void
  trackSelfDescribingEvent(event: object): void
}
declare const AnalyticsNext: { AnalyticsBrowser: { load(settings: object, options: object): Segment } }
interface Segment {
  page(): void
  track(event: string, properties: object): void
}
declare var segment: Segment
declare const posthog: {
  init(apiKey: string, options: object): void
  capture(event: string, properties: object): void
}

declare const plausible: {
  init(config: object): void
  track(event: string, options: object): void
}

/** The library under measurement, the same for all. */
declare const subject: {
  init(collector: string): void
  record(message: { role: 'user' | 'assistant'; content: string }): void
}
