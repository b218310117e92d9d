/** A part of a statement, and what its question marks stand for. */
export type Condition = { sql: string; values: (string | number)[] }

/** All of them together. */
export function joined(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' and '),
    values: conditions.flatMap(({ values }) => values),
  }
}
