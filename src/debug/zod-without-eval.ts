import { z } from 'zod'

// Imported before every schema: they ask as they are made. zod tries `new Function` to be quick, which files a report on
// pages with a strict Content Security Policy or Trusted Types.
z.config({ jitless: true })
