import { readFileSync } from 'node:fs'

/** The tag's file, which lies beside this one once built. */
export const tagScript = (): string => readFileSync(new URL('./chatlog.js', import.meta.url), 'utf8')

/** A page with the tag, on which nothing is queued before the load: the tag is not async. */
export const blankPage = (endpoint: string, apiKey: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page with chatlog</title>
<link rel="icon" href="data:,">
<script src="/chatlog.js" data-api-key="${apiKey}" data-endpoint="${endpoint}"></script>
<div data-chatlog></div>
`
