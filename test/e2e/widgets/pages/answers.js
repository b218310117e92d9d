// What the pages share: answers as they come, and a place where a page keeps its history over a reload.

/**
 * Pieces of an answer as they come.
 *
 * @param {string} question
 * @param {AbortSignal} [signal]
 */
export async function* receive(question, signal) {
  const response = await fetch('/plain', { method: 'POST', body: JSON.stringify({ question }), signal })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

export const keptHistory = () => JSON.parse(localStorage.getItem('history') ?? '[]')

export const keepHistory = (history) => localStorage.setItem('history', JSON.stringify(history))
