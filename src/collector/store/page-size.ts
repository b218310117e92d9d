/** Bytes of messages in one page of conversations at most, as JSON; a single conversation may be larger. */
export const maxPageBytes = 4_194_304

/** Conversations counted at most where nobody asked how many there are: counting a million takes longer than reading a page. */
export const maxTotal = 10_000

/** How many of these conversations fit into one page, at least one. */
export function fittingOf(conversations: readonly { bytes: number | string | null }[]): number {
  let bytes = 0
  const over = conversations.findIndex((conversation) => {
    bytes += Number(conversation.bytes)
    return bytes > maxPageBytes
  })
  return over < 0 ? conversations.length : Math.max(1, over)
}

/** Events, and as many pieces of feedback, that a conversation is shown with at most, the newest. */
export const maxReactions = 500
