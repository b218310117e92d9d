/**
 * The tag to paste into a page, before its chat widget: the README's, with a collector's own address and key.
 *
 * @param {{ origin: string, key: string, pinned?: { immutableName: string, integrity: string } | null }} values `origin`
 *   of the collector, as a browser reaches it, with its path where it has one; with `pinned` the script of that version alone, checked by its hash
 */
export function tagOf({ origin, key, pinned }) {
  const source = pinned
    ? `src="${origin}/${pinned.immutableName}"
  integrity="${pinned.integrity}"
  crossorigin`
    : `src="${origin}/chatlog.js"`
  return `<script>
  {
    let isThere = false
    try { isThere = Array.isArray(window.chatlog.q) || typeof window.chatlog.getState === 'function' }
    catch {} // nothing yet, or a frame of that name
    if (!isThere) {
      const chatlog = window.chatlog = { q: [] }
      for (const name of [
        'trackMessage', 'appendToMessage', 'completeMessage', 'trackMessages', 'trackLinkClick', 'trackFeedback', 'on',
        'startConversation', 'discardConversation', 'identify', 'reset', 'setConsent', 'registerRoot', 'flush', 'stop',
      ]) chatlog[name] = (...given) => void chatlog.q.push([name, ...given])
    }
  }
</script>
<script
  async
  ${source}
  data-api-key="${key}"
  data-endpoint="${origin}/conversations"
  data-server="chatlog"
></script>`
}
