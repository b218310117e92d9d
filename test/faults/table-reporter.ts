import { writeFileSync } from 'node:fs'
import type { FullResult, Reporter, TestCase, TestResult } from 'playwright/types/testReporter'
import { rows } from './rows.ts'
import { type RowOutcomes, tableOf } from './table.ts'

/** Prints the table of what was measured, and writes it to `FAULT_REPORT`. */
export default class TableReporter implements Reporter {
  private readonly measured: RowOutcomes[] = []

  onTestEnd(_test: TestCase, { attachments }: TestResult): void {
    const body = attachments.find(({ name }) => name === 'outcomes')?.body
    if (body) this.measured.push(JSON.parse(body.toString('utf8')))
  }

  onEnd(_result: FullResult): void {
    const order = rows.map(({ name }) => name)
    this.measured.sort((a, b) => order.indexOf(a.row) - order.indexOf(b.row) || a.against.localeCompare(b.against))
    const table = tableOf(this.measured)
    console.log(`\n${table}`)
    const file = process.env.FAULT_REPORT
    if (file) writeFileSync(file, `${table}\n`)
  }
}
