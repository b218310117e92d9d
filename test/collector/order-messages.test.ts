import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderMessages } from '../../src/collector/conversations/order-messages.ts'

/** `a1 b2` -> messages a and b, created in seconds 1 and 2. */
const messages = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({ id: word.slice(0, 1), createdAt: `2026-11-22T12:00:0${word.slice(1)}Z` }))

const orderOf = (stored: string, came: string) => orderMessages(messages(stored), messages(came)).join('')

test('new messages follow the known ones before them', () => {
  expect(orderOf('a1 b2', 'a1 b2 c3')).toBe('abc')
})

test('a new message stands right after its predecessor, before what followed already', () => {
  expect(orderOf('a1 c3', 'a1 b2 c3')).toBe('abc')
})

test('what came before every known message stands first', () => {
  expect(orderOf('b2', 'a1 b2')).toBe('ab')
})

test('what both sides put after the same message goes by createdAt', () => {
  expect(orderOf('a1 b2 d4', 'a1 c3 e5')).toBe('abcde')
})

test('at the same time, what was stored first stands first', () => {
  expect(orderOf('a1 b2', 'a1 c2')).toBe('abc')
})

test('a body of only the newest messages goes to the end', () => {
  expect(orderOf('a1 b2', 'c3 d4')).toBe('abcd')
})

test('a clock that ran back doesn’t turn a body’s new messages around', () => {
  expect(orderOf('a5', 'a5 b6 c1')).toBe('abc')
})

test('known messages never move, and a new one stands after all that its sender knew before it', () => {
  expect(orderOf('a1 b2 c3', 'c3 a1 d4 b2')).toBe('abcd')
})

const uniqueMessages = fc
  .uniqueArray(fc.record({ id: fc.constantFrom(...'abcdefgh'), second: fc.integer({ min: 0, max: 9 }) }), {
    selector: ({ id }) => id,
  })
  .map((list) => list.map(({ id, second }) => ({ id, createdAt: `2026-11-22T12:00:0${second}Z` })))

test('whatever is stored and comes: nothing is lost or doubled, the stored order is kept, and a second time changes nothing', () => {
  fc.assert(
    fc.property(uniqueMessages, uniqueMessages, (stored, came) => {
      const order = orderMessages(stored, came)
      const storedIds = stored.map(({ id }) => id)
      const newIds = came.map(({ id }) => id).filter((id) => !storedIds.includes(id))
      const byId = new Map([...came, ...stored].map((message) => [message.id, message]))

      expect([...order].sort()).toEqual([...storedIds, ...newIds].sort())
      expect(order.filter((id) => storedIds.includes(id))).toEqual(storedIds)

      expect(
        orderMessages(
          order.flatMap((id) => byId.get(id) ?? []),
          came,
        ),
      ).toEqual(order)
    }),
  )
})
