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
