import { hashOf } from '../observe/read/text-change.ts'

/**
 * Ids for messages that have none of their own, in order; the same ones whenever the transcript is given again. A
 * visitor's message is the how manieth of its text, any other the how manieth after that. Their number alone wouldn't do:
 * on a page that keeps no transcript, the first message after a reload would be taken for the first one before it.
 */
export function createPlaceIds(): (role: string, content: unknown) => string {
  const times = new Map<string, number>()
  let question = 'start'
  let since = 0
  return (role, content) => {
    if (role !== 'user') return `${question}~${++since}`
    const hash = hashOf(JSON.stringify(content) ?? '')
    const time = (times.get(hash) ?? 0) + 1
    times.set(hash, time)
    question = `u${time}-${hash}`
    since = 0
    return question
  }
}
