import type { FakeRequest } from './fake-request.ts'
import type { Looked } from './look.ts'
import { counted } from './side-by-side.ts'

/** What a page has recorded, sent or kept although it must not, one line each; empty where it has done nothing. */
export function recordedAnyway(requests: readonly FakeRequest[], pages: readonly Looked[]): string[] {
  return [
    ...requests.map(({ method, url, status }) => `${method} ${url} was sent (${status ?? 'no answer'})`),
    ...pages.flatMap(({ url, state, kept }) => [
      ...(state?.counts.recorded ? [`${counted(state.counts.recorded, 'message')} recorded on ${url}`] : []),
      ...kept.map((what) => `${what} is kept on ${url}`),
    ]),
  ]
}
