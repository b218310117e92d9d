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
