/**
 * Largest request body the script sends, in UTF-8 bytes. The contract says "2 MB" and nobody outside knows whether that
 * is 2,000,000 or 2,097,152: the sender takes the smaller, the collector the larger.
 */
export const maxBodyBytes = 2_000_000

/** Largest request body the collector accepts, in bytes, also after inflating a compressed one. */
export const maxCollectorBodyBytes = 2_097_152

/**
 * Bytes of every body's budget that recording leaves free, so that link clicks and feedback still fit a full part.
 */
export const reservedBodyBytes = 32_000

/**
 * Bytes that a document may have in flight in `keepalive` requests, bodies together. Also the bound of one beacon and
 * of one `fetchLater` body.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
export const maxKeepaliveBytes = 65_535

/**
 * Entries of all lists of one body together: messages, links, breadcrumbs, tags, tool calls, parts of contents, and what
 * stands in the lists of `properties` and `userProperties`. The collector answers 422 beyond; the script splits by it.
 */
export const maxListEntries = 25_000

/** Longest id of a conversation, message, event or feedback, in UTF-8 bytes after normalization to NFC; 422 beyond. */
export const maxIdBytes = 512

/** Largest body of an event or of feedback, in bytes; 422 beyond. A conversation is shown with all of them. */
export const maxReactionBytes = 32_768

/** Messages that one stored conversation holds at most, however many bodies they came in; 422 beyond. */
export const maxConversationMessages = 10_000

/** Size of one stored conversation as JSON in UTF-8 bytes, however many bodies it came in; 422 beyond. */
export const maxConversationBytes = 4_194_304

/**
 * How far ahead of the collector's clock a date may be, in milliseconds. The collector doesn't believe a later one: a
 * date of the year 9999 would stand first in every list, and would be newer than every real update.
 */
export const maxClockAheadMs = 86_400_000
