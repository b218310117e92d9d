import type { Hono } from 'hono'
import { ProblemError } from '../problem-error.ts'

/** Operations that the hosted API's public client has and this collector hasn't, and what does the same here. */
const unbuiltOperations: [method: 'GET' | 'POST', path: string, instead: string][] = [
  ['GET', '/conversations/external/:externalId', 'give a conversation an `id` of your own and read it by that'],
  ['GET', '/feedback', 'the live view lists it, and GET /conversations?feedback=negative what got it'],
  ['GET', '/feedback/:id', 'the live view shows it at its message'],
  ['GET', '/query/top-search-queries', 'the live view’s statistics show searches'],
  ['GET', '/query/weekly-search-users', 'export the conversations and count there'],
  ['POST', '/query/conversations', 'GET /conversations takes filters'],
  ['POST', '/query/events', 'the live view shows events at their conversation'],
  ['POST', '/query/feedback', 'the live view lists it'],
  ['POST', '/query/property-keys', 'export the conversations and look there'],
  ['POST', '/query/property-values', 'export the conversations and look there'],
  ['POST', '/query/semantic-threads', 'nothing here understands what is said'],
  ['POST', '/query/semantic-threads/export', 'nothing here understands what is said'],
]

/** Answers 501 where the public client asks for more than there is: a 404 would look like a wrong address or id. */
export function addUnbuiltOperations(app: Hono): void {
  for (const [method, path, instead] of unbuiltOperations) {
    app.on(method, path, () => {
      throw new ProblemError('not_implemented', `This collector has no ${method} ${path}: ${instead}.`)
    })
  }
}
