/**
 * Stands in for the model: picks an answer by the words of the question and streams it.
 *
 * @typedef {import('./transcript.js').Source} Source
 */

/** @type {Record<string, Source>} */
const pages = {
  start: { url: '/site/', label: 'Quickstart' },
  enqueue: { url: '/site/#enqueue', label: 'Enqueue it with your data' },
  retries: { url: '/site/retries.html', label: 'Retries and backoff' },
  giveUp: { url: '/site/retries.html#give-up', label: 'Giving up early' },
  dead: { url: '/site/retries.html#dead', label: 'Dead jobs' },
  size: { url: '/site/production.html#size', label: 'How many workers' },
  deploy: { url: '/site/production.html#deploy', label: 'Deploys and shutdown' },
  watch: { url: '/site/production.html#watch', label: 'What to watch' },
}

const answers = [
  {
    about: /retr|again|backoff|delay|fail/i,
    text: 'A job that throws is tried nine times over about a day: after 15 seconds, a minute, 5 and 20 minutes, then after hours. Each delay is spread by up to a fifth.\n\nGive a job its own `tries` and `delay` to change that, or throw `GiveUp` when trying again is pointless.',
    sources: [pages.retries, pages.giveUp],
  },
  {
    about: /dead|lost|gave up|alert|monitor|watch|metric/i,
    text: 'A job that is out of tries becomes a dead job and is kept for thirty days with its last error. Run `npx osier dead list` to see them, and `dead retry` to run them again.\n\nAlert on dead jobs rather than on failures: a failed try is routine.',
    sources: [pages.dead, pages.watch],
  },
  {
    about: /deploy|shut|sigterm|restart|kill|stop/i,
    text: 'On `SIGTERM` a worker takes no new jobs and waits up to thirty seconds for those it has. What isn’t done by then is put back without using up a try.\n\nIf your jobs take longer, raise `--grace`, and give your platform a little more than that.',
    sources: [pages.deploy],
  },
  {
    about: /worker|concurren|scale|fast|slow|many/i,
    text: 'Start from how long a job takes. A worker with a concurrency of 10 and jobs of 200 ms finishes about 50 a second.\n\nJobs that wait for the network can run 20 to 50 at once; jobs that use the processor, one a core.',
    sources: [pages.size, pages.watch],
  },
  {
    about: /transaction|commit|enqueue|once|twice|duplicate/i,
    text: 'Pass the transaction you are in to `enqueue`. If it rolls back, the job was never there; if it commits, the job will run at least once.\n\nBecause a worker may die at the wrong moment, write jobs so that a second run does no harm.',
    sources: [pages.enqueue],
  },
  {
    about: /install|start|begin|set ?up|node|postgres/i,
    text: 'You need Node 20 and PostgreSQL 14 or later. Run `npm install osier`, then `npx osier migrate`: it adds one schema with three tables and leaves yours alone.\n\nAfter that, define a job, enqueue it, and run a worker.',
    sources: [pages.start, pages.enqueue],
  },
]

const noAnswer = {
  text: 'I didn’t find that in the documentation. I know about installing Osier, enqueuing in a transaction, retries, dead jobs, sizing workers and deploys.',
  sources: [pages.start],
}

/**
 * @param {string} question
 * @param {AbortSignal} signal ends the stream early, without an error
 * @returns {{ sources: Source[], words: AsyncIterable<string> }} the sources are known before the first word, as they
 *   are wherever documents are looked up before the model writes
 */
export function ask(question, signal) {
  const { text, sources } = answers.find(({ about }) => about.test(question)) ?? noAnswer
  return { sources: /** @type {Source[]} */ (sources), words: stream(text, signal) }
}

/**
 * @param {string} text
 * @param {AbortSignal} signal
 */
async function* stream(text, signal) {
  await pause(300)
  for (const word of text.match(/\s*\S+/g) ?? []) {
    if (signal.aborted) return
    yield word
    await pause(15 + 25 * Math.random())
  }
}

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))
