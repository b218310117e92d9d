import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** What was said to a session, as the backend knows it. */
export interface Turn {
  question: string
  /** What has been sent of the answer. */
  answer: string
  /** The whole answer has been sent, or the connection is broken. */
  ended: boolean
}

/** How pieces of an answer go over the line, one form for each widget. */
type Wire = Record<'start' | 'piece' | 'end', (piece: string) => string> & { type: string }

const json = (value: unknown) => JSON.stringify(value)

const wires: Record<string, Wire> = {
  'deep-chat': {
    type: 'text/event-stream',
    start: () => '',
    piece: (piece) => `data: ${json({ text: piece })}\n\n`,
    end: () => '',
  },
  n8n: {
    type: 'application/json',
    start: () =>
      `${json({ type: 'begin', metadata: { nodeId: 'n', nodeName: 'n', timestamp: 1, runIndex: 0, itemIndex: 0 } })}\n`,
    piece: (piece) =>
      `${json({ type: 'item', content: piece, metadata: { nodeId: 'n', nodeName: 'n', timestamp: 1, runIndex: 0, itemIndex: 0 } })}\n`,
    end: () =>
      `${json({ type: 'end', metadata: { nodeId: 'n', nodeName: 'n', timestamp: 1, runIndex: 0, itemIndex: 0 } })}\n`,
  },
  flowise: {
    type: 'text/event-stream',
    start: () => `message:\ndata:${json({ event: 'start', data: '' })}\n\n`,
    piece: (piece) => `message:\ndata:${json({ event: 'token', data: piece })}\n\n`,
    end: () => `message:\ndata:${json({ event: 'end', data: '[DONE]' })}\n\n`,
  },
  openai: {
    type: 'text/event-stream',
    start: () => '',
    piece: (piece) => `data: ${json({ choices: [{ index: 0, delta: { content: piece } }] })}\n\n`,
    end: () => 'data: [DONE]\n\n',
  },
  plain: { type: 'text/plain', start: () => '', piece: (piece) => piece, end: () => '' },
  'use-chat': {
    type: 'text/event-stream',
    start: () => `data: ${json({ type: 'start' })}\n\ndata: ${json({ type: 'text-start', id: 't' })}\n\n`,
    piece: (piece) => `data: ${json({ type: 'text-delta', id: 't', delta: piece })}\n\n`,
    end: () => `data: ${json({ type: 'text-end', id: 't' })}\n\ndata: ${json({ type: 'finish' })}\n\ndata: [DONE]\n\n`,
  },
}

const mediaTypes: Record<string, string> = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' }

/** One origin that serves a page, the built script, the widgets' files, and what each widget asks its backend for. */
export interface MockBackend {
  origin: string
  turns: readonly Turn[]
  /** Breaks the connection that waits for that: not before what was sent has been shown, or the browser may drop it. */
  cut(): void
  put(path: string, text: string, type?: string): string
  close(): Promise<void>
}

/** @param replyTo pieces of the answer; at `null` the connection waits to be cut, at `undefined` to be stopped */
export async function startMockBackend(
  replyTo: (question: string) => readonly (string | null | undefined)[],
  pieceMs: number,
): Promise<MockBackend> {
  const files = new Map<string, { text: string; type: string }>()
  const turns: Turn[] = []
  let cut = () => {}
  const isCut = new Promise<void>((resolve) => {
    cut = resolve
  })

  const stream = async (request: IncomingMessage, response: ServerResponse, wire: Wire, question: string) => {
    const turn: Turn = { question, answer: '', ended: false }
    turns.push(turn)
    response.writeHead(200, { 'content-type': wire.type, 'x-vercel-ai-ui-message-stream': 'v1' })
    response.write(wire.start(''))
    response.on('close', () => {
      turn.ended = true
    })
    for (const piece of replyTo(question)) {
      await new Promise((resolve) => setTimeout(resolve, pieceMs))
      if (response.destroyed || piece === undefined) return
      if (piece === null) {
        await isCut
        return void request.socket.destroy()
      }
      turn.answer += piece
      response.write(wire.piece(piece))
    }
    response.end(wire.end(''))
  }

  const history = () => turns.flatMap(({ question, answer }) => [question, answer])
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = await readBody(request)
    const answerJson = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(json(value))
    const [, family = ''] = pathname.split('/')
    if (pathname.startsWith('/api/v1/prediction/'))
      return stream(request, response, wires.flowise as Wire, body.question)
    if (pathname.startsWith('/api/v1/chatflows-streaming/')) return answerJson({ isStreaming: true })
    if (pathname.startsWith('/api/v1/')) return answerJson({})
    if (body?.action === 'loadPreviousSession') {
      const kinds = ['HumanMessage', 'AIMessage']
      const data = history().map((content, index) => ({
        id: ['langchain_core', 'messages', kinds[index % 2]],
        kwargs: { content },
      }))
      return answerJson({ data })
    }
    if (family === 'n8n') return stream(request, response, wires.n8n as Wire, body.chatInput)
    if (family === 'deep-chat') return stream(request, response, wires['deep-chat'] as Wire, body.messages[0].text)
    if (family === 'openai') return stream(request, response, wires.openai as Wire, body.messages.at(-1).content)
    if (family === 'plain') return stream(request, response, wires.plain as Wire, body.question)
    if (family === 'use-chat') {
      const { parts } = body.messages.at(-1)
      return stream(request, response, wires['use-chat'] as Wire, parts[0].text)
    }
    const put = files.get(pathname)
    if (put) return response.writeHead(200, { 'content-type': `${put.type}; charset=utf-8` }).end(put.text)
    const file = await readPublicFile(pathname)
    return response
      .writeHead(file ? 200 : 404, { 'content-type': mediaTypes[extname(pathname)] ?? 'text/plain' })
      .end(file ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    turns,
    cut,
    put(path, text, type = 'text/html') {
      files.set(path, { text, type })
      return origin + path
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage) {
  let text = ''
  for await (const chunk of request) text += chunk
  try {
    return JSON.parse(text)
  } catch {
    return {} // a request for a file
  }
}

async function readPublicFile(pathname: string): Promise<Buffer | null> {
  const [, folder = '', ...rest] = pathname.split('/')
  const roots: Record<string, string> = { dist: '../../../dist', modules: 'node_modules' }
  const root = roots[folder]
  return root ? readFile(join(import.meta.dirname, root, ...rest)).catch(() => null) : null
}
