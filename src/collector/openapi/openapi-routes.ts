import type { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import themeStyle from '../theme.css?raw'
import style from './docs.css?raw'
import { docsPage } from './docs-page.ts'
import { openapiDocument } from './document.ts'

const none = ["'none'"]

/** The page loads its own style and nothing else, from nowhere else. */
const pageHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: none,
    styleSrc: ["'self'"],
    baseUri: none,
    formAction: none,
    frameAncestors: none,
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: none,
  },
  referrerPolicy: 'no-referrer',
  // A page can't say for its whole host that it will have https for good.
  strictTransportSecurity: false,
  crossOriginResourcePolicy: false,
})

/** Where the collector is, as browsers reach it. */
type Place = { basePath: string; rootOf: (request: Request) => string }

/** `/openapi.json`, and `/docs` for people; no key is needed for either. */
export function addOpenapiRoutes(app: Hono, { basePath, rootOf }: Place): void {
  const document = openapiDocument(basePath)

  app.get('/openapi.json', (c) => c.json(document))
  app.get('/docs', pageHeaders, (c) => c.html(docsPage(document, rootOf(c.req.raw))))
  app.get('/docs/docs.css', pageHeaders, (c) =>
    c.body(`${themeStyle}\n${style}`, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  )
}
