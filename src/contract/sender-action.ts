/** What the sender does after an answer: nothing more, try later, give up on this content, make it smaller, or stop. */
export type SenderAction = 'delivered' | 'retry' | 'refused' | 'shrink' | 'blocked'

/**
 * The decision table: HTTP status of an answer to what the sender does.
 *
 * 2xx is delivered. 408, 425, 429 and 5xx pass with time, so they are retried; 413 asks for a smaller body; 401 and 403
 * need the site owner, so they block after three strikes. Every other status refuses this content: it is sent again
 * only when it changes.
 */
export function senderActionFor(status: number): SenderAction {
  if (status >= 200 && status < 300) return 'delivered'
  if (status >= 500 || status === 408 || status === 425 || status === 429) return 'retry'
  if (status === 401 || status === 403) return 'blocked'
  return status === 413 ? 'shrink' : 'refused'
}
