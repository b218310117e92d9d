import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StoredConversation } from '../../src/contract/answer.ts'

const startFile = fileURLToPath(new URL('../../demo/start.js', import.meta.url))

/** `npm start` without npm: on free ports, with data of its own. */
export type Demo = {
  /** The one address it printed. */
  url: string
  collectorUrl: string
  apiKey: string
  /** Everything printed so far. */
  output(): string
  /** Every stored conversation, newest first. */
  stored(): Promise<StoredConversation[]>
  /** Sends the signal and waits for the end. @returns the exit code */
  end(signal?: NodeJS.Signals): Promise<number | null>
  /** Ends it if it still runs, and removes its data. */
  close(): Promise<void>
}

/** Starts the demo on the built files and waits for its address. */
export async function startDemo(environment: Record<string, string> = {}): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'chatlog-demo-'))
  const env = { ...process.env, PORT: '0', CHATLOG_DATA: folder, ...environment }
  const child = spawn(process.execPath, [startFile], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      printed += data
      const address = /http:\/\/\S+/.exec(printed)?.[0]
      if (address) resolve(address)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', (code) => reject(new Error(`the demo ended (exit code ${code}):\n${printed}`)))
  })
  const page = await (await fetch(`${url}/site/`)).text()
  const collectorUrl = new URL(/data-endpoint="([^"]+)"/.exec(page)?.[1] ?? '').origin
  const apiKey: string = JSON.parse(await readFile(join(folder, 'demo-keys.json'), 'utf8')).api

  return {
    url,
    collectorUrl,
    apiKey,
    output: () => printed,
    async stored() {
      const headers = { authorization: `Bearer ${apiKey}` }
      const answer = await fetch(`${collectorUrl}/conversations?limit=100&messages=true`, { headers })
      return (await answer.json()).conversations
    },
    end(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
    async close() {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}
