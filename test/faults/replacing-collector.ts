import { setTimeout as wait } from 'node:timers/promises'
import {
  type Answer,
  type Arrived,
  type CollectorUnderTest,
  type HeldConversation,
  inOrder,
} from './collector-under-test.ts'

/** Most milliseconds that a request is worked on, so that a later one may overtake it. */
const maxWorkMs = 40

/** How long it is away when it restarts, in milliseconds. */
const awayMs = 500

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-max-age': '7200',
  'content-type': 'application/json',
}

/**
 * The worst that the hosted API may be: what it holds of a conversation is the body that it finished last, whatever
 * the one before held and whichever was sent first.
 */
export function startReplacingCollector(): CollectorUnderTest {
  const webKey = 'web_replacing_collector'
  const conversations = new Map<string, HeldConversation>()
  let life = 0
  let isAway = false

  const upsert = async ({ headers, body }: Arrived): Promise<Answer> => {
    if (headers.authorization !== `Bearer ${webKey}`) {
      return answerOf(401, { title: 'Unauthorized', status: 401, detail: 'The key is unknown here.' })
    }
    const startedIn = life
    const conversation = parse(body)
    if (!conversation) return answerOf(400, { title: 'Bad Request', status: 400, detail: 'The body is not JSON.' })
    await wait(Math.random() * maxWorkMs)
    if (life !== startedIn) throw new Error('restarted meanwhile')
    conversations.set(conversation.id, conversation)
    return answerOf(200, conversation)
  }

  return {
    webKey,
    async answer(request) {
      if (isAway) throw new Error('away')
      return request.method === 'POST' ? upsert(request) : { status: 204, headers: corsHeaders, body: Buffer.from('') }
    },
    held: async () => inOrder([...conversations.values()]),
    async restart() {
      life += 1
      isAway = true
      await wait(awayMs)
      isAway = false
    },
    close: async () => {},
  }
}

function parse(body: Buffer): HeldConversation | null {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

const answerOf = (status: number, body: unknown): Answer => ({
  status,
  headers: corsHeaders,
  body: Buffer.from(JSON.stringify(body)),
})
