/** Tables whose rows belong to a project; the keys, found before the project is known, and temporary lists don't. */
const projectTables = new Set([
  ...['conversations', 'messages', 'facets', 'events', 'feedback', 'reaction_visitors'],
  ...['tallies', 'tally_changes', 'sessions', 'usage', 'refusals'],
])

/** One `select`, `update` or `delete` of a statement: what stands outside of its brackets, and who stands around it. */
type Scope = { text: string; outer: Scope | null }
type Table = { name: string; alias: string; isFilled: boolean }

const notAliases = new Set(
  'where set on join left inner cross order group limit values select union using indexed returning for'.split(' '),
)

/**
 * Why a statement doesn't say itself which project it is about; empty when it does. Every table of a project that it
 * reads or writes, in each of its selects, has to be bound to a parameter, or to a table of a select around it.
 */
export function unboundTables(statement: string): string[] {
  return scopesOf(statement).flatMap((scope) => {
    const tables = tablesOf(scope)
    return tables.filter((table) => !isBound(table, scope, tables)).map(({ name }) => `${name}: ${statement}`)
  })
}

/** The statement's selects: each pair of brackets, and each part of a union, is one of its own. */
function scopesOf(statement: string): Scope[] {
  const plain = statement
    .replace(/--[^\n]*/g, '')
    .replace(/'(?:[^']|'')*'/g, "''")
    .toLowerCase()
  const whole: Scope = { text: '', outer: null }
  const scopes = [whole]
  let current = whole
  for (const piece of plain.match(/[()]|[^()]+/g) ?? []) {
    if (piece === '(') {
      current = { text: '', outer: current }
      scopes.push(current)
    } else if (piece === ')') {
      const { text, outer } = current
      current = outer ?? whole
      // The columns of an insert stand in brackets, and name the project.
      current.text += / into [\w.]+ *$/.test(` ${current.text}`) ? ` columns ${text} ` : ' () '
    } else current.text += piece
  }
  return scopes.flatMap(({ text, outer }) => text.split(/\bunion\b/).map((part) => ({ text: part, outer })))
}

function tablesOf({ text }: Scope): Table[] {
  const found = text.matchAll(/\b(from|join|update|into) +(?:chatlog\.)?(\w+)(?: +as)?(?: +(\w+))?/g)
  return [...found].flatMap(([, verb, name = '', word]) => {
    const alias = word === undefined || notAliases.has(word) || word === 'columns' ? name : word
    return projectTables.has(name) ? [{ name, alias, isFilled: verb === 'into' }] : []
  })
}

function isBound({ name, alias, isFilled }: Table, { text, outer }: Scope, tables: Table[]): boolean {
  if (isFilled) return new RegExp(`into +(?:chatlog\\.)?${name} +columns [^()]*\\bproject_id\\b`).test(text)
  const own = tables.filter((table) => !table.isFilled).length === 1 ? `(?:${alias}\\.)?` : `${alias}\\.`
  const bounds = [...text.matchAll(new RegExp(`\\b${own}project_id *= *(\\?|\\$|(\\w+)\\.project_id)`, 'g'))]
  const isOuter = (other: string) => outer !== null && tables.every((table) => table.alias !== other)
  const byItself = bounds.some(([, value, other]) => value === '?' || value === '$' || isOuter(other ?? ''))
  // Two tables of one select may be bound to each other, where one of them is bound.
  const byOther = bounds.some(([, , other]) => {
    const partner = tables.find((table) => table.alias === other && table.alias !== alias)
    return partner !== undefined && isBound(partner, { text, outer }, tables)
  })
  return byItself || byOther
}
