import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FullResult, Reporter, TestCase, TestResult } from 'playwright/types/testReporter'
import { stateFacts } from '../../.ci/readme-facts.js'
import { byTheNextVisit } from './promise.ts'
import {
  differencesTable,
  goneDifferences,
  none,
  type Results,
  resultsTable,
  summaryTable,
  withTable,
} from './results.ts'

const reference = fileURLToPath(new URL('../../docs/reference.md', import.meta.url))

/**
 * Counts the runs of each promise by engine, and writes the table of them into the document that `ENGINES_REPORT` names,
 * and their sums into docs/reference.md and the README.
 */
export default class TableReporter implements Reporter {
  private readonly results: Results = { versions: {}, runs: {} }

  onTestEnd(test: TestCase, { status, annotations }: TestResult): void {
    const [name = '', engine = ''] = test.titlePath().toReversed()
    const version = annotations.find(({ type }) => type === 'version')?.description
    if (version) this.results.versions[engine] = version
    const { kept, runs, late } = this.results.runs[name]?.[engine] ?? none
    const counts = {
      runs: runs + 1,
      kept: kept + (status === 'passed' ? 1 : 0),
      late: late + (annotations.some(({ type }) => type === byTheNextVisit) ? 1 : 0),
    }
    this.results.runs[name] = { ...this.results.runs[name], [engine]: counts }
  }

  async onEnd({ status }: FullResult): Promise<{ status: FullResult['status'] }> {
    const gone = goneDifferences(this.results)
    for (const line of gone) console.log(`chatlog: ${line}`)
    const document = process.env.ENGINES_REPORT
    if (document) {
      write(document, resultsTable(this.results), differencesTable())
      write(reference, summaryTable(this.results))
      stateFacts()
    }
    return { status: gone.length > 0 ? 'failed' : status }
  }
}

function write(path: string, ...tables: readonly string[]): void {
  writeFileSync(path, tables.reduce(withTable, readFileSync(path, 'utf8')))
}
