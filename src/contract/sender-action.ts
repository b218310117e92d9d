/** What the sender does after an answer: nothing more, try later, give up on this content, or stop. */
export type SenderAction = 'delivered' | 'retry' | 'refused' | 'blocked'

/**
 * The decision table: HTTP status of an answer to what the sender does.
 *
 * 2xx is delivered. 408, 425, 429 and 5xx pass with time, so they are retried; 401 and 403
 * need the site owner, so they block after three strikes. Every other status refuses this content (413 too: no body is larger than
 * the contract allows): it is sent again only when it changes.
 */
export function senderActionFor(status: number): SenderAction {
  if (status >= 200 && status < 300) return 'delivered'
  if (status >= 500 || status === 408 || status === 425 || status === 429) return 'retry'
  if (status === 401 || status === 403) return 'blocked'
  return 'refused'
}
