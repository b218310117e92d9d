// A process that tries some mutants: those that tests reach in one run of all tests, those that are reached while modules
// load each in a run of its own.
import { appendFileSync, readFileSync } from 'node:fs'
import { createVitest } from 'vitest/node'
import { keyOf, lastNoticed, mutate } from './mutants.js'

/** Who would notice that the contract says something else. */
const contractTests = ['test/contract', 'test/collector']

const { MUTANTS = '[]', RESULT_FILE = '' } = process.env
/** @type {string[]} */
const mine = JSON.parse(MUTANTS)
/** @param {object} line */
const say = (line) => appendFileSync(RESULT_FILE, `${JSON.stringify(line)}\n`)

const { mutants } = await mutate(JSON.parse(process.env.MUTATED_FILES ?? '[]'))
const places = mutants.map(({ id, fileName, location }) => ({ id, file: fileName, line: location.start.line }))
const last = lastNoticed()
const known = mutants.flatMap((mutant) => {
  const noticedBy = last[keyOf(mutant)]
  return noticedBy ? [{ file: mutant.fileName, line: mutant.location.start.line, noticedBy }] : []
})
const vitest = await createVitest('test', { config: 'test/mutation/vitest.config.ts', watch: false, reporters: [{}] })
const { length: fileCount } = await vitest.globTestSpecifications()
const task = { places, known, fileCount, resultFile: RESULT_FILE }
const failed = await run({ ...task, only: null, mine })
if (failed) {
  console.error(`a test fails with no mutant in it: ${failed}`)
  process.exit(1)
}

const lines = readFileSync(RESULT_FILE, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line))
const noticed = new Set(lines.filter(({ noticedBy }) => noticedBy).map(({ id }) => id))
const whileLoading = new Set(lines.flatMap(({ reachedWhileLoading }) => reachedWhileLoading ?? []))
vitest.config.bail = 1
for (const project of vitest.projects) project.config.bail = 1
for (const id of mine) {
  if (noticed.has(id) || !whileLoading.has(id)) continue
  say({ trying: id })
  const isContract = places.some((place) => place.id === id && place.file.includes('/src/contract/'))
  const noticedBy = await run({ ...task, only: id, mine: [] }, isContract ? contractTests : ['test/script'])
  if (noticedBy) say({ id, noticedBy })
}
await vitest.close()
process.exit(0)

/**
 * @param {import('./mutant-runner.ts').MutantTask} task
 * @param {readonly string[]} [folders] of the tests, all without
 * @returns {Promise<string | undefined>} the first test that fails
 */
async function run(task, folders) {
  vitest.provide('task', task)
  vitest.state.filesMap.clear()
  await vitest.start(folders && [...folders])
  const files = vitest.state.getFiles()
  const broken = files.find(({ result }) => result?.state === 'fail')
  return broken && (failedTestIn(broken) ?? broken.name)
}

/**
 * @param {import('vitest/node').RunnerTestSuite} suite
 * @returns {string | undefined}
 */
function failedTestIn(suite) {
  for (const task of suite.tasks) {
    if (task.type === 'suite') {
      const found = failedTestIn(task)
      if (found) return found
    } else if (task.result?.state === 'fail') return task.fullName ?? task.name
  }
  return
}
