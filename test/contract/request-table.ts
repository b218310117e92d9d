import { codesIn, type Row, tablesOf } from './markdown-tables.ts'

const [, openaiRows = [], supportRows = []] = tablesOf('docs/contract.md')

/** A parsed JSON object. */
export type Json = Record<string, unknown>
/** A row of the table of the request body, one field of it. */
export type FieldRow = { path: string; type: string; isRequired: boolean; allowsNull: boolean }

function fieldsOf(rows: Row[]): FieldRow[] {
  return rows.flatMap((row) =>
    codesIn(row.field).map((path) => ({
      path,
      type: row.type ?? '',
      isRequired: row.R === 'R',
      allowsNull: row.N === 'N',
    })),
  )
}

/** A conversation that has every field of the table. */
export function everyField(type: string): Json {
  const text = {
    externalId: 'e',
    externalUrl: 'u',
    createdAt: '2026-03-01T12:00:00Z',
    updatedAt: '2026-03-01T12:00:00Z',
  }
  const userProperties = { id: 1, userId: 'u', identificationType: 'COOKIED', supportAgentName: 'a', userType: 't' }
  const link = { url: 'x', label: 'l', title: 't', description: 'd', type: 'site', breadcrumbs: ['b'] }
  const message = {
    ...text,
    id: 'm',
    type: 'openai',
    name: 'n',
    role: 'user',
    content: 'c',
    links: [link],
    properties: { a: [1] },
    userProperties: { ...userProperties },
  }
  const toolCalls = [{ id: 'i', type: 'function', function: { name: 'f', arguments: '{}' } }]
  return {
    ...text,
    id: 'c',
    type,
    supportTicketConversationId: 's',
    projectId: 'p',
    integrationId: 'i',
    properties: { a: { b: [null] } },
    userProperties,
    tags: ['t'],
    visibility: 'private',
    messages: [type === 'openai' ? { ...message, tool_calls: toolCalls } : message],
  }
}

/** The body with the value at the path (`messages[].role`) replaced, or removed when it is `undefined`. */
export function bodyWith(type: string, path: string, value: unknown): Json {
  const body = everyField(type)
  const steps = path.replaceAll('[]', '.0').split('.')
  const last = steps.pop() ?? ''
  const holder = steps.reduce<Json>((inner, step) => inner[step] as Json, body)
  if (value === undefined) delete holder[last]
  else holder[last] = value
  return body
}

/** The documented fields of an `openai` request. */
export const openaiFields = fieldsOf(openaiRows)
/** The documented fields of a `support_ticket` or `support_copilot` request. */
export const supportFields = fieldsOfSupport()

function fieldsOfSupport(): FieldRow[] {
  const differing = fieldsOf(supportRows)
  const same = openaiFields.filter(({ path }) => path !== 'messages[].tool_calls')
  return same.map((field) => differing.find(({ path }) => path === field.path) ?? field)
}
