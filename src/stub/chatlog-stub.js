{
  let isThere = false
  try {
    isThere = Array.isArray(window.chatlog.q) || typeof window.chatlog.getState === 'function'
  } catch {} // nothing yet, or a frame of that name
  if (!isThere) {
    const chatlog = { q: [] }
    for (const name of [
      'trackMessage', 'appendToMessage', 'completeMessage', 'trackMessages', 'trackLinkClick', 'trackFeedback',
      'startConversation', 'discardConversation', 'identify', 'reset', 'setConsent', 'registerRoot', 'flush', 'on',
      'stop',
    ]) {
      chatlog[name] = (...given) => void chatlog.q.push([name, ...given])
    }
    window.chatlog = chatlog
  }
}
