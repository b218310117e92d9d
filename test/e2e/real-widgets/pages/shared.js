// What the pages share: answers as they come, and a place where a page keeps its history over a reload.

/** The answer to a question comes in pieces; one that says `stop` never ends, one that says `fail` breaks off. */
export const answerTo = (question) =>
  /fail/.test(question) ? 'Half of it' : `About ${question.replace(/\W+$/, '')}: it says so in the guide.`

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * @param {string} question
 * @param {AbortSignal} [signal]
 */
export async function* receive(question, signal) {
  let tries = 0
  try {
    tries = Number(sessionStorage.getItem(`tries ${question}`) ?? 0) + 1
    sessionStorage.setItem(`tries ${question}`, String(tries))
  } catch {
    // a page without storage counts no tries
  }
  const again = tries > 1 ? 'Once more. ' : ''
  for (const piece of `${again}${answerTo(question)}`.match(/\S+\s*/g)) {
    await pause(40)
    if (signal?.aborted) return
    yield piece
  }
  if (/fail/.test(question)) throw new Error('The connection was lost.')
  while (/stop/.test(question) && !signal?.aborted) await pause(20)
}

export const keptHistory = () => JSON.parse(sessionStorage.getItem('history') ?? '[]')

export const keepHistory = (history) => sessionStorage.setItem('history', JSON.stringify(history))
