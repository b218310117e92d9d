/** A part of a statement, and the values of its question marks. */
export type Condition = { sql: string; values: (string | number)[] }

/** The conditions, joined by `and`. */
export function joined(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' and '),
    values: conditions.flatMap(({ values }) => values),
  }
}
