/**
 * Reads from the collector under the session of this browser.
 *
 * @param {string} path
 * @returns {Promise<any | null>} `null` when there is no such thing, or when the session is over and the page goes to
 *   the sign-in
 */
export async function read(path) {
  const answer = await fetch(path)
  if (answer.status === 401) location.reload()
  return answer.ok ? answer.json() : null
}
