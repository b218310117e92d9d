/** Writers that send without a pause until they are stopped, and remember what was acknowledged to them. */
export type Load = {
  /** Contents of the messages of each acknowledged upsert, by conversation; the newest one. */
  acknowledged: Map<string, string[]>
  /** Answers by status; 0 stands for a connection that broke. */
  statuses: Map<number, number>
  /** Resolves once so many answers more of this status have come. */
  more(count: number, status?: number): Promise<void>
  stop(): Promise<void>
}

/** Messages of a conversation before its writer begins another one. */
const messagesEach = 6

/** Starts writers, each with conversations of its own that grow message by message, every upsert with all of them. */
export function startLoad(url: string, key: string, { writers = 8, prefix = 'load' } = {}): Load {
  const acknowledged = new Map<string, string[]>()
  const statuses = new Map<number, number>()
  const watchers = new Set<() => void>()
  let isStopped = false

  async function post(id: string, contents: string[]): Promise<void> {
    const messages = contents.map((content, index) => ({ id: `${id}-${index}`, role: 'user', content }))
    const status = await send(url, key, JSON.stringify({ type: 'openai', id, messages }))
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status === 200) acknowledged.set(id, contents)
    // A collector that is away refuses at once: without a turn for others this would be a busy loop.
    else await new Promise((resolve) => setTimeout(resolve, 5))
    for (const watch of watchers) watch()
  }

  async function write(writer: number): Promise<void> {
    for (let number = 0; !isStopped; number++) {
      const id = `${prefix}-${writer}-${number}`
      const contents: string[] = []
      while (contents.length < messagesEach && !isStopped) {
        contents.push(`${id} ${contents.length} ${'text '.repeat(200 * (contents.length + 1))}`)
        await post(id, [...contents])
      }
    }
  }

  const all = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))

  return {
    acknowledged,
    statuses,
    more(count, status = 200) {
      const wanted = (statuses.get(status) ?? 0) + count
      return new Promise((resolve) => {
        const watch = () => {
          if ((statuses.get(status) ?? 0) < wanted) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
      })
    },
    async stop() {
      isStopped = true
      await all
    },
  }
}

async function send(url: string, key: string, body: string): Promise<number> {
  try {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/conversations`, { method: 'POST', body, headers })
    await response.text()
    return response.status
  } catch {
    // Killed under the request: nothing was acknowledged.
    return 0
  }
}

/** Conversations of which something acknowledged isn't there, or isn't whole. */
export async function missing({ acknowledged }: Load, url: string, apiKey: string): Promise<string[]> {
  const lost: string[] = []
  for (const [id, contents] of acknowledged) {
    const response = await fetch(`${url}/conversations/${id}`, { headers: { authorization: `Bearer ${apiKey}` } })
    const { messages = [] } = (await response.json()) as { messages?: { content: string }[] }
    // One that wasn't acknowledged may have been stored too.
    if (contents.some((content, index) => messages[index]?.content !== content)) lost.push(id)
  }
  return lost
}
