import { z } from 'zod'

// Imported before every schema, as zod asks for it when a schema is made. To be quick, zod tries `new Function`, and
// pages with a strict Content Security Policy or Trusted Types file a report of that.
z.config({ jitless: true })
