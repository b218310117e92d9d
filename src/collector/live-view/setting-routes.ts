import { bodyLimit } from 'hono/body-limit'
import { cleanText } from '../clean-json.ts'
import type { CollectorContext } from '../http/mounted-routes.ts'
import { ProblemError } from '../problem-error.ts'
import { keepNotFoundPhrases, notFoundPhrases, phraseBounds } from '../store/not-found.ts'
import { refuseForeign } from './refuse-foreign.ts'
import { mayInSession, type SignedInApp } from './signed-in.ts'

/** Answer and body of `/live-view/settings`: the words in which a site's answers say that they could not find something. */
export type Settings = { notFoundPhrases: string[] }

/** Bytes of a body at most; the phrases fit into a tenth. */
const maxSettingBytes = 100_000

/** The settings of a project. Changing them takes a key of the role `write`. */
export function addSettingRoutes(app: SignedInApp, context: CollectorContext): void {
  const { store } = context
  app.get('/live-view/settings', async (c) =>
    c.json({ notFoundPhrases: await notFoundPhrases(store, c.var.session.projectId) } satisfies Settings),
  )

  app.post('/live-view/settings', bodyLimit({ maxSize: maxSettingBytes }), async (c) => {
    refuseForeign(c)
    if (!(await mayInSession('write', c.var.session, context))) {
      throw new ProblemError('forbidden', 'Changing a setting takes an API key of the role write, erase or admin.')
    }
    const phrases = parsePhrases(await c.req.json().catch(() => null))
    await context.audit(
      { ...c.var.session, address: context.addressOf(c.req.raw) },
      'change_setting',
      `notFoundPhrases ${JSON.stringify(phrases)}`,
    )
    await keepNotFoundPhrases(store, c.var.session.projectId, phrases)
    return c.json({ notFoundPhrases: phrases } satisfies Settings)
  })
}

/** @throws ProblemError `bad_request` that says what is wrong */
function parsePhrases(body: unknown): string[] {
  const given: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'notFoundPhrases') : undefined
  if (!Array.isArray(given) || !given.every((phrase) => typeof phrase === 'string')) {
    throw new ProblemError('bad_request', 'notFoundPhrases: expected a list of texts.')
  }
  const phrases = given.map((phrase: string) => cleanText(phrase).trim()).filter((phrase) => phrase !== '')
  if (phrases.length > phraseBounds.phrases) {
    throw new ProblemError('bad_request', `Give ${phraseBounds.phrases} phrases at most; these are ${phrases.length}.`)
  }
  const long = phrases.find((phrase) => phrase.length > phraseBounds.length)
  if (long !== undefined) {
    throw new ProblemError(
      'bad_request',
      `A phrase may have ${phraseBounds.length} characters; one has ${long.length}.`,
    )
  }
  return phrases
}
