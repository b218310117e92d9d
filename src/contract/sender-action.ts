/** What the sender does after an answer: nothing more, try later, give up on this content, or stop. */
export type SenderAction = 'delivered' | 'retry' | 'refused' | 'blocked'

/**
 * The decision table: HTTP status of an answer to what the sender does.
 *
 * 200, 201, 202, 204 and 205 are delivered, where the answer is the endpoint's own. Every other 2xx, and a redirect, is
 * somebody else's answer, and 408, 425, 429 and 5xx pass with time: they are tried again. 401 and 403 need the site owner,
 * so they block after three strikes. Every other status refuses this content, which is sent again only when it changes;
 * 413 too, since no body is larger than the contract allows.
 */
export function senderActionFor(status: number): SenderAction {
  if (/^20[01245]$/.test(`${status}`)) return 'delivered'
  if (status < 400 || status >= 500 || status === 408 || status === 425 || status === 429) return 'retry'
  return status === 401 || status === 403 ? 'blocked' : 'refused'
}
