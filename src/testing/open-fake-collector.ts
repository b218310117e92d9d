import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StoredConversation } from '../contract/answer.ts'
import type { ConversationUpsert } from '../contract/conversation.ts'
import { blankPage, tagScript } from './blank-page.ts'
import { createFakeConversations, type FakeMode } from './fake-conversations.ts'
import type { FakeRequest } from './fake-request.ts'
import { createFaultSwitch, type Fault, type FaultSettings } from './faults.ts'
import { answerJson, corsHeaders, createPostTaking, isSibling, listOf } from './take-post.ts'
import { tellStored } from './told.ts'
import { createWaitUntil, type WaitUntil } from './waiting.ts'

/** A collector on this machine that keeps everything in memory. */
export interface FakeCollector {
  /** Its address, for `data-endpoint` or `init({ endpoint })`. */
  endpoint: string
  /** A key for tests; the fake collector takes any key. */
  apiKey: string
  /** Address of a page that has the tag and nothing else. */
  blankPage: string
  /** Every `POST` so far, those to `/feedback` and `/events` too, oldest first. Grows. */
  requests: readonly FakeRequest[]
  /** The conversations that arrived as JSON, oldest first, whatever became of them. */
  upserts(): ConversationUpsert[]
  /** What is stored now, in the order in which it arrived. */
  conversations(): StoredConversation[]
  /**
   * Resolves as soon as the condition holds for what is stored; a condition that throws doesn't hold yet. Rejects after
   * `timeoutMs` (default 5,000), with an error that says what is stored and what was refused.
   */
  waitUntil: WaitUntil
  /** Resolves when a request hangs. */
  hanging(): Promise<void>
  /** From now on requests fail. A second call replaces the first. */
  fail(fault: Fault, settings?: FaultSettings): Promise<void>
  /** Ends the fault that `fail` began, on the same port; cuts the connections that hang. */
  heal(): Promise<void>
  /** Deletes what is stored. */
  clear(): void
  /** Ends the collector; cuts the connections that hang. */
  close(): Promise<void>
}

/**
 * Starts a fake collector.
 *
 * @param explain says what is stored, and why not more, when a wait fails. @defaultValue from what arrived alone
 */
export async function openFakeCollector(mode: FakeMode, explain?: () => Promise<string>): Promise<FakeCollector> {
  const stored = createFakeConversations(mode)
  const faults = createFaultSwitch()
  const requests: FakeRequest[] = []
  const hanging = new Set<ServerResponse>()
  const onHanging = new Set<() => void>()
  const hang = (response: ServerResponse) => {
    hanging.add(response)
    for (const listener of onHanging) listener()
  }
  const takePost = createPostTaking({ stored, faults, requests, hang })

  const server = createServer((request, response) => {
    const { method, url = '/' } = request
    if (method === 'OPTIONS') response.writeHead(204, corsHeaders).end()
    else if (method === 'POST') takePost(request, response).catch(() => response.destroy())
    else if (url === '/chatlog.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(tagScript())
    else if (/^\/conversations\/?(\?|$)/.test(url)) answerJson(response, listOf(stored.all()))
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(blankPage(endpoint, apiKey))
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}/conversations`
  const apiKey = 'web_fake'

  return {
    endpoint,
    apiKey,
    blankPage: `http://127.0.0.1:${port}/`,
    requests,
    upserts: () => requests.flatMap(({ url, body }) => (isSibling(url) ? [] : parsed(body))),
    conversations: stored.all,
    waitUntil: createWaitUntil(stored, explain ?? (() => tellStored(stored.all(), requests))),
    hanging: () => (hanging.size ? Promise.resolve() : new Promise((resolve) => onHanging.add(resolve))),
    async fail(fault, settings = {}) {
      if (fault !== 'offline') return faults.set(fault, settings)
      if (server.listening) await cut()
    },
    async heal() {
      faults.clear()
      for (const response of hanging) response.destroy()
      hanging.clear()
      if (!server.listening) await listen(port)
    },
    clear: stored.clear,
    close: () => (server.listening ? cut() : Promise.resolve()),
  }
}

function parsed(body: string): ConversationUpsert[] {
  try {
    return [JSON.parse(body)]
  } catch {
    return [] // refused with 400; `requests` has it as it came
  }
}
