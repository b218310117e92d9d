import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestResult } from 'playwright/types/testReporter'
import { publish } from './published.ts'
import { rows } from './rows.ts'
import { type RowOutcomes, tableOf } from './table.ts'

/** Prints the table of what was measured; after each row it is written to `FAULT_REPORT`, and published if asked for. */
export default class TableReporter implements Reporter {
  private readonly measured: RowOutcomes[] = []

  onTestEnd(_test: TestCase, { attachments }: TestResult): void {
    const body = attachments.find(({ name }) => name === 'outcomes')?.body
    if (!body) return
    const row: RowOutcomes = JSON.parse(body.toString('utf8'))
    this.measured.push(row)
    // At once: the long form takes long.
    for (const { misses } of row.outcomes) if (misses.length) console.log(`${misses.join('\n')}\n`)
    const file = process.env.FAULT_REPORT
    if (file) writeFileSync(file, `${this.table()}\n`)
    if (process.env.FAULT_PUBLISH) publish([row])
  }

  onEnd(): void {
    console.log(`\n${this.table()}`)
  }

  private table(): string {
    const order = rows.map(({ name }) => name)
    const inOrder = this.measured.toSorted(
      (a, b) => order.indexOf(a.row) - order.indexOf(b.row) || a.against.localeCompare(b.against),
    )
    return tableOf(inOrder)
  }
}
