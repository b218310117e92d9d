import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

/** Between two pieces of an answer, in milliseconds. */
const pauseMs = 40

const topics = [
  {
    about: /install|set up|begin|start/i,
    answer:
      'One package holds the client and the worker, and it needs Node 20 and PostgreSQL 14 or later. [Quickstart](/site/)',
  },
  {
    about: /fail|retr|again/i,
    answer: 'A job that throws is put back and tried again, later each time. [Retries and backoff](/site/retries.html)',
  },
]
const otherwise = 'I only know the guide: how to install Osier, and what becomes of a failed job. [Quickstart](/site/)'

/**
 * How a widget asks its backend, and the events by which it reads an answer.
 *
 * @typedef {{
 *   questionIn: (body: any) => string,
 *   start: object[],
 *   piece: (text: string) => object,
 *   end: (object | string)[],
 * }} Wire
 */

/** @param {object} delta @param {string | null} reason why the answer ends here */
const completionChunk = (delta, reason = null) => ({
  id: 'answer',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'guide',
  choices: [{ index: 0, delta, finish_reason: reason }],
})

/** @type {Record<string, Wire>} */
const wires = {
  'deep-chat': {
    questionIn: ({ messages }) => messages.at(-1).text,
    start: [],
    piece: (text) => ({ text }),
    end: [],
  },
  // https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol
  'use-chat': {
    questionIn: ({ messages }) => messages.at(-1).parts[0].text,
    start: [{ type: 'start' }, { type: 'text-start', id: 'answer' }],
    piece: (delta) => ({ type: 'text-delta', id: 'answer', delta }),
    end: [{ type: 'text-end', id: 'answer' }, { type: 'finish' }, '[DONE]'],
  },
  // Inkeep asks as OpenAI's clients do. https://platform.openai.com/docs/api-reference/chat-streaming
  'inkeep/v1/chat/completions': {
    questionIn: ({ messages }) => {
      const { content } = messages.at(-1)
      return typeof content === 'string' ? content : content.map((/** @type {any} */ { text }) => text).join(' ')
    },
    start: [completionChunk({ role: 'assistant', content: '' })],
    piece: (content) => completionChunk({ content }),
    end: [completionChunk({}, 'stop'), '[DONE]'],
  },
}

/** Stands in for the backends of other people's widgets: each streams its answer, with a link in it, as Markdown. */
export function createAnswers() {
  const answers = new Hono()
  for (const [name, { questionIn, start, piece, end }] of Object.entries(wires)) {
    answers.post(`/${name}`, async (c) => {
      const question = questionIn(await c.req.json())
      c.header('x-vercel-ai-ui-message-stream', 'v1')
      return streamSSE(c, async (stream) => {
        for (const event of [...start, ...piecesFor(question).map(piece), ...end]) {
          // Stopped, or the page is gone.
          if (stream.aborted) return
          await stream.writeSSE({ data: typeof event === 'string' ? event : JSON.stringify(event) })
          await stream.sleep(pauseMs)
        }
      })
    })
  }
  return answers
}

/** Words with the space behind them. @param {string} question */
function piecesFor(question) {
  const answer = topics.find(({ about }) => about.test(question))?.answer ?? otherwise
  return answer.match(/\S+\s*/g) ?? []
}
