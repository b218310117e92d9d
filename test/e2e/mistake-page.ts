import { readFileSync } from 'node:fs'
import { expect } from 'playwright/test'
import type { State } from '../../src/script/chatlog.ts'
import type { Mistake } from './mistakes.ts'

const stub = readFileSync(new URL('../../src/stub/chatlog-stub.js', import.meta.url), 'utf8')

/** The page of a mistake, as a site serves it. @param before what stands in front of everything in its `head` */
export function mistakePage(
  { head, body = '' }: Mistake,
  { webKey, apiKey, endpoint }: { webKey: string; apiKey: string; endpoint: string },
  before = '',
): { html: string; headers: Record<string, string> } {
  const filled = (html: string) =>
    html
      .replaceAll('{stub}', stub)
      .replaceAll('{key}', webKey)
      .replaceAll('{apiKey}', apiKey)
      .replaceAll('{endpoint}', endpoint)
      .replaceAll('{origin}', new URL(endpoint).origin)
  const charset = /charset=([\w-]+)-->/.exec(head)?.[1] ?? 'utf-8'
  return {
    html: `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${before}${filled(head)}<body>${filled(body)}`,
    headers: { 'content-type': `text/html; charset=${charset}` },
  }
}

/** `getState` of the global of that name, once what can be sent is sent; `null` where there is no instance. */
export const stateIn = async (name: string): Promise<State | null> => {
  const log = (window as unknown as Record<string, Partial<typeof window.chatlog> | undefined>)[name]
  if (typeof log?.getState !== 'function') return null
  await log.flush?.()
  return log.getState()
}

/** Whether the console says what it ought to, and is silent where nothing is to be said. */
export const hears = (lines: readonly string[], { says }: Mistake): boolean =>
  says ? lines.some((line) => says.test(line)) || (says.test('') && !lines.length) : !lines.length

/** What `getState` has to give, for `toEqual`; `null` where there is no instance. */
export const matching = ({ state }: Mistake): unknown =>
  state && expect.objectContaining({ ...state, ...(state.counts && { counts: expect.objectContaining(state.counts) }) })
