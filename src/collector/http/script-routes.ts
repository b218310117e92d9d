import type { Context, Hono } from 'hono'
import { ProblemError } from '../problem-error.ts'
import type { ScriptFile, ScriptFiles } from './script-files.ts'

/** How long a browser uses `chatlog.js` without asking for a newer one, in seconds. */
const maxAgeSeconds = 3_600

/** A year: as long as caches keep anything. */
const immutableSeconds = 31_536_000

/**
 * Serves the scripts to the pages of any origin: `/chatlog.js`, which follows the collector's version, and
 * `/chatlog-0.1.0.js`, whose bytes never change, so that a tag may have its hash (`integrity`).
 */
export function addScriptRoutes(app: Hono, scripts: ScriptFiles): void {
  app.get('/:script{chatlog[\\w.-]*\\.js}', async (context) => {
    const name = context.req.param('script')
    const file = await scripts.find(name)
    if (!file) throw new ProblemError('not_found', `There is no ${name} here. ${served(scripts)}`)
    return answer(context, file, name === file.immutableName)
  })
}

const served = (scripts: ScriptFiles) => `This collector serves ${scripts.names.join(', ')}.`

function answer(context: Context, file: ScriptFile, isImmutable: boolean): Response {
  // A weak tag, since it names the script whether it is compressed or not.
  const tag = `W/"${file.integrity}"`
  const headers = {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': isImmutable
      ? `public, max-age=${immutableSeconds}, immutable`
      : `public, max-age=${maxAgeSeconds}`,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
    ETag: tag,
    Vary: 'Accept-Encoding',
  }
  if (context.req.header('if-none-match')?.includes(tag)) return context.body(null, 304, headers)
  const takesBrotli = /\bbr\b(?!;q=0(?:\.0*)?(?:,|$))/.test(context.req.header('accept-encoding') ?? '')
  return takesBrotli
    ? context.body(file.brotli, 200, { ...headers, 'Content-Encoding': 'br' })
    : context.body(file.body, 200, headers)
}
