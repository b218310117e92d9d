import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InitOptions } from '../../src/script/options.ts'
import { type FakeBrowserOptions, fakePage } from './fakes/fake-platform.ts'

/** Text as people write it, for what compression makes of it. */
const prose = ['collector', 'contract', 'observing', 'privacy', 'scaling', 'site-owners', 'testing', 'troubleshooting']
  .map((name) => readFileSync(join(import.meta.dirname, `../../docs/${name}.md`), 'utf8'))
  .join('')
  // One byte a character, so that lengths are bytes.
  .replace(/[^ -~\n]/g, '-')

/** So much of it, elsewhere for every number. */
export const proseOf = (number: number, bytes: number): string => {
  const start = (number * 977) % (prose.length - bytes)
  return `${number} ${prose.slice(start, start + bytes)}`.slice(0, bytes)
}

/** A turn every 10 s: a question of 1 KB, and an answer of 1 KB that comes in pieces and is complete 4 s later. */
export async function chat(turns: number, options: FakeBrowserOptions & { init?: Partial<InitOptions> } = {}) {
  const page = fakePage(options)
  const { log, advance, endpoint } = page
  const requestsAfterTurn: number[] = []
  for (let turn = 1; turn <= turns; turn++) {
    const answer = proseOf(turns + turn, 1_000)
    log.trackMessage({ role: 'user', content: proseOf(turn, 1_000) })
    await advance(1_000)
    const id = log.trackMessage({ role: 'assistant', content: '', status: 'streaming' })
    for (let at = 0; at < answer.length; at += 100) {
      log.appendToMessage(id, answer.slice(at, at + 100))
      await advance(300)
    }
    log.completeMessage(id)
    await advance(6_000)
    requestsAfterTurn.push(endpoint.requests.length)
  }
  await advance(60_000)
  return { ...page, requestsAfterTurn }
}
