// What a process that reads runs, by `node --eval`: it asks the database what it is sent, one statement after the other.
const [libsql = '', file = ''] = process.argv.slice(1)
const Database = require(libsql)
const database = new Database(file, { timeout: 5000 })
database.pragma('query_only = on')

process.on('message', ({ sql, values }) => {
  try {
    process.send?.({ rows: database.prepare(sql).all(...values) })
  } catch (error) {
    process.send?.({ failure: String(error) })
  }
})
process.on('disconnect', () => process.exit())
