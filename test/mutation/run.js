// `npm run test:mutation`, and after `--` the files to break, all of src/script and src/contract without: how many of
// their mutants the unit tests notice, and which they don't. With `--left` first, only what the last run left is tried
// again.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyOf, lastNoticed, lastPath, mutate } from './mutants.js'

/** Least share of the mutants that must be noticed. */
const leastScore = 0.85

/** A process that has said nothing for this long is in a loop that no count ends, in milliseconds. */
const longestSilenceMs = 120_000

const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'chatlog-mutation-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const isAgain = process.argv[2] === '--left'
const only = process.argv.slice(isAgain ? 3 : 2)
const { mutants } = await mutate(only)
console.log(`${mutants.length} mutants`)

const last = lastNoticed()

const workers = availableParallelism()
const shares = Array.from({ length: workers }, (_, worker) => mutants.filter((_, at) => at % workers === worker))
/** @type {Map<string, string>} how each noticed one was */
const noticed = new Map()
if (isAgain) for (const mutant of mutants) if (keyOf(mutant) in last) noticed.set(mutant.id, last[keyOf(mutant)] ?? '')
/** @type {Set<string>} */
const tried = new Set()
const progress = setInterval(() => {
  console.log(`${noticed.size} noticed so far`)
  writeDown()
}, 30_000)
await Promise.all(
  shares.map((share, worker) =>
    tryAll(
      share.map(({ id }) => id),
      join(scratch, `${worker}.jsonl`),
    ),
  ),
)
clearInterval(progress)
writeDown()
report()

/** What was noticed so far: a run that is ended has it for the next one. */
function writeDown() {
  for (const mutant of mutants) {
    const noticedBy = noticed.get(mutant.id)
    if (noticedBy === undefined) delete last[keyOf(mutant)]
    else last[keyOf(mutant)] = noticedBy
  }
  writeFileSync(lastPath, JSON.stringify(last, null, 1))
}

/**
 * Tries mutants in a process of their own, and in another one after one that doesn't come back.
 *
 * @param {readonly string[]} ids
 * @param {string} resultFile
 */
async function tryAll(ids, resultFile) {
  for (;;) {
    const mine = ids.filter((id) => !noticed.has(id))
    const { stuck } = await runShard(mine, resultFile)
    if (stuck === null) return
    noticed.set(stuck, 'it never ends')
  }
}

/**
 * @param {readonly string[]} mine
 * @param {string} resultFile
 * @returns {Promise<{ stuck: string | null }>} the mutant that it didn't come back from
 */
function runShard(mine, resultFile) {
  writeFileSync(resultFile, '')
  const child = spawn(process.execPath, [fileURLToPath(new URL('shard.js', import.meta.url))], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      MUTATED_FILES: JSON.stringify(only),
      MUTANTS: JSON.stringify(mine),
      RESULT_FILE: resultFile,
    },
  })
  return new Promise((resolve, reject) => {
    let linesRead = 0
    let heardAt = Date.now()
    /** @type {string | null} */
    let trying = null
    let stuck = false
    const look = () => {
      const lines = readFileSync(resultFile, 'utf8').split('\n').slice(linesRead, -1)
      if (lines.length > 0) heardAt = Date.now()
      linesRead += lines.length
      for (const line of lines) {
        const said = JSON.parse(line)
        if (said.trying) {
          trying = said.trying
          tried.add(said.trying)
        }
        if (said.noticedBy) noticed.set(said.id, said.noticedBy)
        if (said.spoiled) console.log(`a mutant that was tried has spoiled "${said.spoiled}": it is run no more`)
        if (said.tests > said.repeatable)
          console.log(
            `${said.tests - said.repeatable} of ${said.tests} tests take too long, or pass once only: they are left out`,
          )
      }
      if (Date.now() - heardAt > longestSilenceMs) {
        stuck = true
        child.kill('SIGKILL')
      }
    }
    const timer = setInterval(look, 1_000)
    child.on('exit', (code) => {
      clearInterval(timer)
      look()
      if (!stuck && code !== 0) reject(new Error(`a process of tests ended with ${code}`))
      else resolve({ stuck: stuck ? trying : null })
    })
  })
}

function report() {
  /** @type {Map<string, import('./mutants.js').Mutant[]>} */
  const byFile = new Map()
  for (const mutant of mutants) {
    const path = relative(root, mutant.fileName)
    byFile.set(path, [...(byFile.get(path) ?? []), mutant])
  }
  for (const [path, all] of byFile) {
    const left = all.filter(({ id }) => !noticed.has(id))
    console.log(`\n${path}: ${all.length - left.length} of ${all.length}`)
    const lines = readFileSync(join(root, path), 'utf8').split('\n')
    for (const {
      id,
      location: { start, end },
      replacement,
    } of left) {
      const text = (lines[start.line] ?? '').slice(start.column, start.line === end.line ? end.column : undefined)
      const how = tried.has(id) ? '' : ', reached by no test'
      console.log(`  ${start.line + 1}:${start.column + 1}  ${short(text)}  ->  ${short(replacement)}${how}`)
    }
  }
  const score = noticed.size / mutants.length
  console.log(`\n${noticed.size} of ${mutants.length} mutants noticed: ${(100 * score).toFixed(1)} %`)
  if (only.length === 0 && score < leastScore) process.exitCode = 1
}

/** @param {string} code */
function short(code) {
  const line = code.replace(/\s+/g, ' ').trim()
  return line.length > 70 ? `${line.slice(0, 69)}…` : line
}
