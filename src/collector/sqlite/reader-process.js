// What a process that reads runs, by `node --eval`: it asks the database what it is sent, one statement after the other.
const [libsql = '', file = ''] = process.argv.slice(1)
const Database = require(libsql)
const database = new Database(file, { timeout: 5000 })
database.pragma('query_only = on')

/** @type {Map<string, { all(...values: unknown[]): unknown[] }>} */
const statements = new Map()

/** @param {string} sql */
function prepared(sql) {
  const statement = statements.get(sql) ?? database.prepare(sql)
  if (statements.size >= 200) statements.clear()
  statements.set(sql, statement)
  return statement
}

process.on('message', ({ sql, values }) => {
  try {
    process.send?.({ rows: prepared(sql).all(...values) })
  } catch (error) {
    process.send?.({ failure: String(error) })
  }
})
process.on('disconnect', () => process.exit())
