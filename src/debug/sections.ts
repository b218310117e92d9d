import { maxBodyBytes } from '../contract/limits.ts'
import type { State } from '../script/chatlog.ts'
import { element } from './elements.ts'
import { explain, explainAbsence, type Finding } from './explain.ts'
import type { Observation } from './observe-instance.ts'
import { tagOnPage } from './tag-on-page.ts'

const whole = (count: number): string => count.toLocaleString('en')
const timeOf = (at: number): string => new Date(at).toTimeString().slice(0, 8)

/** Terms and their values. */
const facts = (rows: [term: string, value: string][]) =>
  element('dl', {}, ...rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]))

/** What stands in the way and what to do, read out when it changes. */
export function findingsSection({ state, hasStub, refusals, obstacle }: Observation): Node[] {
  const found: Finding[] = state ? explain(state, refusals, obstacle) : [explainAbsence(hasStub, tagOnPage())]
  if (!found.length) return [element('p', { class: 'well' }, 'Nothing stands in the way.')]
  const items = found.map(({ level, what, toDo }) =>
    element('li', { class: level }, element('strong', {}, what), ' ', element('span', {}, toDo)),
  )
  return [element('ul', { class: 'findings' }, ...items)]
}

const waiting: Record<NonNullable<State['waitsFor']>, string> = {
  options: 'the right options',
  consent: 'the visitor’s consent',
  message: 'the first message',
  key: 'a key that the endpoint accepts',
  endpoint: 'the first answer of the endpoint',
  retry: 'the next try',
  change: 'a change of the conversation that the endpoint refused',
  delivery: 'the end of an answer, or the next request',
}

/** The section on visitor, consent, storage and sender. */
export function factsSection({ state }: Observation): Node[] {
  if (!state) return []
  const { visitor, consent, storage, sender, counts, waitsFor, endpoint, keyId, version, storedAt } = state
  const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0)
  return [
    facts([
      [
        'Connected',
        waitsFor ? `waits for ${waiting[waitsFor]}` : 'yes: the endpoint has stored everything that this page recorded',
      ],
      ['Last stored', storedAt ? timeOf(Date.parse(storedAt)) : 'nothing yet'],
      ['Endpoint', endpoint],
      ['Key', keyId],
      ['Script', version],
      ['Visitor', `${visitor.id ?? 'none yet'} (${visitor.identificationType})`],
      ['Consent', consent],
      ['Storage', storage],
      ['Sender', sender.state + (sender.reason ? `: ${sender.reason}` : '')],
      ['Messages', `${counts.recorded} recorded, ${counts.delivered} delivered, ${dropped} dropped`],
    ]),
  ]
}

const stateWords: Record<State['conversations'][number]['state'], string> = {
  delivered: 'delivered',
  dirty: 'dirty: waits to be sent',
  sending: 'being sent',
  refused: 'refused',
  blocked: 'blocked',
}

/** Each conversation with its size against the limit of a request. */
export function conversationsSection({ state }: Observation): Node[] {
  const all = state?.conversations ?? []
  if (!all.length) return [element('p', {}, 'There is none on this page yet.')]
  return all.map(({ id, externalId, messages, bytes, parts, state: stands }) => {
    const inPart = bytes / parts
    const size = `${whole(bytes)} bytes${parts > 1 ? ` in ${parts} parts` : ''} of ${whole(maxBodyBytes)} a part`
    const meter = element('meter', { min: 0, max: maxBodyBytes, value: inPart, 'aria-label': `Size of ${id}` })
    return element(
      'article',
      {},
      element('code', {}, id),
      element(
        'p',
        {},
        `${externalId === null ? '' : `${externalId}; `}${messages} ${messages === 1 ? 'message' : 'messages'}; ${stateWords[stands]}`,
      ),
      meter,
      element('p', {}, size),
    )
  })
}

const lines = (all: readonly { at: number }[], textOf: (index: number) => string, none: string): Node[] => {
  if (!all.length) return [element('p', {}, none)]
  const items = all.map(({ at }, index) => element('li', {}, element('time', {}, timeOf(at)), ' ', textOf(index)))
  return [element('ol', { class: 'lines' }, ...items.reverse())]
}

/** The section of events, the newest first. */
export const answersSection = ({ events }: Observation): Node[] =>
  lines(events, (index) => events[index]?.text ?? '', 'There was none since the panel was loaded.')

/** The section of messages that the schemas find wrong. */
export function checksSection({ checked, problems }: Observation): Node[] {
  const count = element('p', {}, `${checked} checked against the contract. Wrong:`)
  if (!problems.length) return [element('p', {}, `${checked} checked against the contract. Nothing is wrong.`)]
  const textOf = (index: number) => {
    const { refused, explanation } = problems[index] ?? { refused: false, explanation: '' }
    return `${refused ? 'Not recorded' : 'Recorded without this'}: ${explanation}`
  }
  return [count, ...lines(problems, textOf, '')]
}
