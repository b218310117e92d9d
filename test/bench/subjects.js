/**
 * One of those that are compared: chatlog, or a library of its kind as its documentation says to load it, with nothing
 * switched off. `init` and `record` run in the page.
 *
 * @typedef {{
 *   name: string
 *   file: string
 *   init: (collector: string) => void
 *   record: (message: PageMessage) => void
 *   carriesMessage: (body: string) => boolean
 * }} Subject `file` is the path from the root of the project; `carriesMessage` tells the request with what was recorded
 */

/** @typedef {{ role: 'user' | 'assistant', content: string }} PageMessage */

const packages = 'test/bench/node_modules'

/** Stands in every message, so that the server knows the request that carries it. */
export const marker = 'marked message'

/** @param {string} body */
const holdsMarker = (body) => body.includes(marker)

/** @type {Subject} */
export const chatlogSubject = {
  name: 'chatlog',
  file: 'dist/chatlog.js',
  init: (collector) => void chatlog.init({ apiKey: 'WEB_KEY', endpoint: `${collector}/conversations` }),
  record: (message) => void chatlog.trackMessage(message),
  carriesMessage: holdsMarker,
}

/** @type {Subject} */
export const lazySubject = { ...chatlogSubject, name: 'chatlog, lazy', file: 'dist/chatlog-lazy.js' }

/** @type {Subject} https://amplitude.com/docs/sdks/analytics/browser/browser-sdk-2 */
export const amplitudeSubject = {
  name: 'Amplitude',
  file: `${packages}/@amplitude/analytics-browser/lib/scripts/amplitude-min.js`,
  init: (collector) =>
    amplitude.init('0123456789abcdef0123456789abcdef', {
      serverUrl: `${collector}/2/httpapi`,
      remoteConfig: { serverUrl: `${collector}/config` },
    }),
  record: (message) => amplitude.track('message', message),
  carriesMessage: holdsMarker,
}

/** @type {Subject} https://docs.snowplow.io/docs/sources/web-trackers/quick-start-guide/ */
const snowplowSubject = {
  name: 'Snowplow',
  file: `${packages}/@snowplow/browser-tracker/dist/index.umd.min.js`,
  init: (collector) => {
    snowplowBrowserTracking.newTracker('sp', collector, { appId: 'bench' })
    snowplowBrowserTracking.trackPageView()
  },
  record: (message) =>
    snowplowBrowserTracking.trackSelfDescribingEvent({
      event: { schema: 'iglu:com.example/message/jsonschema/1-0-0', data: message },
    }),
  // The event itself is base64 in there.
  carriesMessage: (body) => body.includes('"e":"ue"'),
}

/** @type {Subject} https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/ */
const segmentSubject = {
  name: 'Segment',
  file: `${packages}/@segment/analytics-next/dist/umd/index.js`,
  init: (collector) => {
    const { protocol, host } = new URL(collector)
    globalThis.segment = AnalyticsNext.AnalyticsBrowser.load(
      { writeKey: 'WRITE_KEY', cdnURL: collector },
      { integrations: { 'Segment.io': { apiHost: `${host}/v1`, protocol: protocol.slice(0, -1) } } },
    )
    segment.page()
  },
  record: (message) => segment.track('message', message),
  carriesMessage: holdsMarker,
}

/** @type {Subject} https://posthog.com/docs/libraries/js */
const posthogSubject = {
  name: 'PostHog',
  file: `${packages}/posthog-js/dist/array.js`,
  init: (collector) => posthog.init('phc_key', { api_host: collector, defaults: '2026-01-30' }),
  record: (message) => posthog.capture('message', message),
  carriesMessage: holdsMarker,
}

/** @type {Subject} https://github.com/plausible/plausible-tracker */
const plausibleSubject = {
  name: 'Plausible',
  file: 'test-results/bench/plausible.js',
  // It leaves pages on this machine out, and takes the place of its own global, unless told.
  init: (collector) =>
    plausible.init({
      domain: 'example.com',
      endpoint: `${collector}/api/event`,
      captureOnLocalhost: true,
      bindToWindow: false,
    }),
  record: (message) => plausible.track('message', { props: message }),
  carriesMessage: holdsMarker,
}

/** @type {Subject} A page that loads nothing: what opening and measuring it costs is taken off the others' costs. */
export const nothing = {
  name: 'nothing',
  file: 'test/bench/nothing.js',
  init: () => {},
  record: () => {},
  carriesMessage: () => false,
}

/** In the order of the report. */
export const subjects = [
  chatlogSubject,
  lazySubject,
  plausibleSubject,
  amplitudeSubject,
  snowplowSubject,
  segmentSubject,
  posthogSubject,
]
