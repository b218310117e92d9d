import { element } from './elements.js'
import { timeElement } from './format.js'

/**
 * @typedef {import('../../../contract/event.ts').EventAnswer} EventAnswer
 * @typedef {import('../../../contract/feedback.ts').FeedbackAnswer} FeedbackAnswer
 */

/**
 * What visitors did with a message, or with a whole conversation, beside reading it.
 *
 * @param {EventAnswer[]} events
 * @param {Pick<FeedbackAnswer, 'type' | 'reasons'>[]} feedback
 */
export function reactionList(events, feedback) {
  if (events.length + feedback.length === 0) return null
  return element('ul', { class: 'reactions', 'aria-label': 'Feedback and events' }, [
    ...feedback.map(feedbackItem),
    ...events.map(({ type, createdAt }) =>
      element('li', {}, ['event ', element('b', {}, [type]), ' ', timeElement(createdAt, 'clock')]),
    ),
  ])
}

/** @param {Pick<FeedbackAnswer, 'type' | 'reasons'>} feedback */
function feedbackItem({ type, reasons }) {
  const chip = element('span', { class: type === 'negative' ? 'chip warning' : 'chip good' }, [`${type} feedback`])
  return element('li', {}, [
    chip,
    ...(reasons ?? []).flatMap(({ label, details }) => [' ', element('bdi', {}, [reasonText(label, details)])]),
  ])
}

/**
 * @param {string} label
 * @param {string} details
 */
export const reasonText = (label, details) => (details ? `${label}: ${details}` : label)

/**
 * The feedback that the page's script noted on a message itself.
 *
 * @param {unknown} noted
 * @returns {Pick<FeedbackAnswer, 'type' | 'reasons'>[]}
 */
export function notedFeedback(noted) {
  if (typeof noted !== 'object' || noted === null || !('type' in noted)) return []
  const { type } = noted
  if (type !== 'positive' && type !== 'negative') return []
  const given = 'reasons' in noted && Array.isArray(noted.reasons) ? noted.reasons : []
  const reasons = given.filter((reason) => typeof reason?.label === 'string' && typeof reason?.details === 'string')
  return [{ type, reasons }]
}
