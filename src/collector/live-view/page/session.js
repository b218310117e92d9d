/** Where the collector is, without a slash at the end: on a host of its own, or under a path of one. */
export const collectorUrl = new URL('..', import.meta.url).href.slice(0, -1)

/**
 * Reads from the collector under the session of this browser.
 *
 * @param {string} path within the collector, `/live-view/…`
 * @returns {Promise<any | null>} `null` when there is no such thing, or when the session is over and the page goes to
 *   the sign-in
 */
export async function read(path) {
  const answer = await fetch(collectorUrl + path)
  if (answer.status === 401) location.reload()
  return answer.ok ? answer.json() : null
}

/**
 * Posts to the collector.
 *
 * @param {string} path within the collector
 * @param {object} body
 * @param {Record<string, string>} [headers] beyond the media type
 * @returns {Promise<{ ok: true, answer: any } | { ok: false, detail: string }>} `detail` says what went wrong
 */
export async function send(path, body, headers = {}) {
  try {
    const answer = await fetch(collectorUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (answer.status === 401 && !headers.authorization) location.reload()
    const json = await answer.json()
    return answer.ok ? { ok: true, answer: json } : { ok: false, detail: json.detail }
  } catch {
    return { ok: false, detail: 'The collector does not answer. Is it still running?' }
  }
}
