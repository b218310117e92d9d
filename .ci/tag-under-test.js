// Which tag the tests' pages have, as options of the commands that run them and as what their pages read.

/** For `parseArgs`. */
export const tagOptions = /** @type {const} */ ({
  // `lazy`: the pages have `chatlog-lazy.js`. Nothing of it is published.
  tag: { type: 'string' },
  // When its second file comes on a test's first page: `at once`, `late` (2 seconds), or `never`.
  core: { type: 'string', default: 'at once' },
})

/**
 * What the pages read of it. Ends the process where an option is none of its values.
 *
 * @param {{ tag?: string | undefined, core: string }} given
 */
export function tagEnv({ tag, core }) {
  if (!['lazy', undefined].includes(tag)) fail(`--tag must be lazy or left out, got ${JSON.stringify(tag)}`)
  if (!['at once', 'late', 'never'].includes(core))
    fail(`--core must be "at once", late or never, got ${JSON.stringify(core)}`)
  return { CHATLOG_TAG: tag ? 'chatlog-lazy.js' : 'chatlog.js', CHATLOG_CORE: core }
}

/** @param {string} problem */
function fail(problem) {
  console.error(`chatlog: ${problem}`)
  process.exit(2)
}
