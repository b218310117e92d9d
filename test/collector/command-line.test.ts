import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { runCommandLine } from '../../src/collector/command-line/command-line.ts'
import { buildCollector, runNode, type Started, startNode } from './built-collector.ts'
import { conversation } from './collector-under-test.ts'

// Every test starts processes, on machines that may be busy with other tests.

let built: ReturnType<typeof buildCollector>
let directory: string
let data: string
const started: Started[] = []

beforeAll(() => {
  built = buildCollector()
})
afterAll(() => built.remove())
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatlog-command-'))
  data = join(directory, 'data')
})
afterEach(async () => {
  vi.unstubAllGlobals()
  for (const { process, ended } of started.splice(0)) {
    process.kill('SIGKILL')
    await ended
  }
  rmSync(directory, { recursive: true, force: true })
})

const run = (...words: string[]) => runNode([built.path, ...words])
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? ''

async function addKey(...words: string[]): Promise<string> {
  return lastLine((await run('keys', 'add', '--data', data, ...words)).stdout)
}

async function serve(...words: string[]) {
  const collector = startNode([built.path, '--port', '0', '--data', data, ...words])
  started.push(collector)
  const line = await collector.line(/^chatlog collector on /)
  return { ...collector, url: line.replace('chatlog collector on ', '') }
}

function post(url: string, key: string, body: unknown = conversation({ id: 'c1' }), headers = {}) {
  return fetch(`${url}/conversations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

describe('serving', () => {
  test('prints its address once it answers; what it stored is there after a restart', async () => {
    const [web, api] = [await addKey('--type', 'web'), await addKey('--type', 'api')]
    const first = await serve()
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await post(first.url, web)).status).toBe(200)
    first.process.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0, signal: null })

    const second = await serve()

    const read = await fetch(`${second.url}/conversations/c1`, { headers: { authorization: `Bearer ${api}` } })
    expect(await read.json()).toMatchObject({ id: 'c1', messages: [{ content: 'hello' }] })
  })

  test('what was answered with 200 survives a kill', async () => {
    const [web, api] = [await addKey('--type', 'web'), await addKey('--type', 'api')]
    const first = await serve()
    expect((await post(first.url, web)).status).toBe(200)
    first.process.kill('SIGKILL')
    await first.ended

    const { url } = await serve()

    const read = await fetch(`${url}/conversations/c1`, { headers: { authorization: `Bearer ${api}` } })
    expect(read.status).toBe(200)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s finishes the request under way and ends with 0', async (signal) => {
    const web = await addKey('--type', 'web')
    const { url, process, ended } = await serve()
    const body = JSON.stringify(conversation())
    const underWay = request(`${url}/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${web}`, 'content-type': 'application/json', 'content-length': body.length },
    })
    underWay.write(body.slice(0, 10))
    await once(underWay, 'socket')
    await fetch(`${url}/health`)

    process.kill(signal)
    await expect.poll(() => fetch(`${url}/health`).catch(() => 'refused')).toBe('refused')
    underWay.end(body.slice(10))

    const [response] = await once(underWay, 'response')
    response.resume()
    expect(response.statusCode).toBe(200)
    expect(await ended).toMatchObject({ code: 0, signal: null })
  })

  test('without a key it says how to make one', async () => {
    const { url, process, ended } = await serve()
    await fetch(`${url}/health`)
    process.kill('SIGTERM')

    expect((await ended).stderr).toContain('chatlog-collector keys add --type web --data')
  })

  test('as long as there is no key, a start prints a link that signs in once, and no key; later ones print none into a log', async () => {
    const first = await serve()
    const link = await first.line(/^Open the live view: /)
    const address = link.replace('Open the live view: ', '')

    expect(address).toMatch(new RegExp(`^${first.url}/sign-in\\?ticket=\\S{20,}$`))
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303)
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(401)
    first.process.kill('SIGTERM')
    const { stdout, stderr } = await first.ended
    expect(stdout + stderr).not.toMatch(/(?:api|web)_\w+/)

    const second = await serve()
    await fetch(`${second.url}/health`)
    second.process.kill('SIGTERM')
    expect((await second.ended).stdout).toBe(`chatlog collector on ${second.url}\n`)
  })

  test('a start with a key that somebody made prints no link into a log', async () => {
    await addKey('--type', 'web', '--project', 'shop')
    const { url, process, ended } = await serve()
    await fetch(`${url}/health`)
    process.kill('SIGTERM')

    expect((await ended).stdout).toBe(`chatlog collector on ${url}\n`)
  })

  test('the live view is at its address', async () => {
    const { url } = await serve()

    expect((await fetch(url)).headers.get('content-type')).toMatch(/^text\/html/)
  })

  test('--rate-limit bounds what one key sends', async () => {
    const web = await addKey('--type', 'web')
    const { url } = await serve('--rate-limit', '1')

    expect([(await post(url, web)).status, (await post(url, web)).status]).toEqual([200, 429])
  })
})

describe('keys', () => {
  test('added, limited, listed and revoked while a collector runs, each seen at once', async () => {
    const { url } = await serve()
    const key = await addKey('--type', 'web', '--origin', 'https://a.example', '--origin', 'https://b.example')
    const id = key.split('_')[1] ?? ''

    expect((await post(url, key, conversation(), { origin: 'https://b.example' })).status).toBe(200)
    expect((await post(url, key, conversation(), { origin: 'https://c.example' })).status).toBe(403)
    const { stdout } = await run('keys', 'list', '--data', data)
    expect(stdout).toMatch(new RegExp(`^${id}  web  project default  https://a.example, https://b.example  added `))
    expect(stdout).not.toContain(key)
    expect(await run('keys', 'revoke', id, '--data', data)).toMatchObject({ code: 0, stderr: '' })
    expect((await post(url, key)).status).toBe(403)
    expect((await run('keys', 'list', '--data', data)).stdout).toContain('  revoked 20')
  })

  test('add prints the key once, alone on the last line', async () => {
    const { stdout } = await run('keys', 'add', '--type', 'api', '--data', data)

    expect(lastLine(stdout)).toMatch(/^api_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}$/)
    expect(stdout.split(lastLine(stdout))).toHaveLength(2)
  })

  test('revoke takes the whole key as well', async () => {
    const key = await addKey('--type', 'web')

    expect((await run('keys', 'revoke', key, '--data', data)).code).toBe(0)
  })

  test('a project has its own', async () => {
    const key = await addKey('--type', 'api', '--project', 'shop')
    const { url } = await serve()

    expect(await (await post(url, key)).json()).toMatchObject({ projectId: 'shop' })
    const { stdout } = await run('keys', 'list', '--data', data)
    expect(stdout).toContain('No keys yet in project default')
    expect(stdout).toContain('project shop')
  })

  test('migrate says what there is to do, and does it', async () => {
    await addKey('--type', 'web')

    expect((await run('migrate', '--dry-run', '--data', data)).stdout).toMatch(
      /^The data is of version \d+: nothing to do/,
    )
    expect((await run('migrate', '--data', data)).code).toBe(0)
  })
})

describe('privacy', () => {
  test('forget erases a person beside a running collector, and names the ids that stood beside theirs', async () => {
    const [web, api] = [await addKey('--type', 'web'), await addKey('--type', 'api')]
    const { url } = await serve('--retention-days', '30')
    const named = { userProperties: { id: 'u7' }, properties: { chatlog: { visitorId: 'cookie' } } }
    await post(url, web, conversation({ id: 'c1', ...named }))
    await post(url, web, conversation({ id: 'c2' }))

    const { code, stdout } = await run('forget', '--visitor', 'cookie', '--data', data)

    expect(code).toBe(0)
    expect(stdout).toContain('Erased: 1 conversations with 1 messages, 0 events, 0 feedback.')
    expect(lastLine(stdout)).toBe('u7')
    const read = (id: string) => fetch(`${url}/conversations/${id}`, { headers: { authorization: `Bearer ${api}` } })
    expect([(await read('c1')).status, (await read('c2')).status]).toEqual([404, 200])
  })
})

describe('a command line that can’t be run says why in one line, and ends', () => {
  test.each([
    [['--port', 'x'], 2, '--port must be a whole number from 0 to 65535, got "x"'],
    [['--nonsense'], 2, "Unknown option '--nonsense'"],
    [['--origin', 'https://a.example'], 2, '--origin belongs to a key'],
    [['start'], 2, 'unknown command "start"'],
    [['keys'], 2, 'keys: expected add, list or revoke'],
    [['keys', 'add'], 2, '--type must be web or api'],
    [['keys', 'add', '--type', 'both'], 2, '--type must be web or api, got "both"'],
    [['keys', 'add', '--type', 'web', '--origin', 'docs.example.com'], 1, 'got "docs.example.com"'],
    [['forget'], 2, '--visitor'],
    [['forget', '--visitor', 'v', 'w'], 2, '"w"'],
    [['--retention-days', '0'], 2, '--retention-days'],
    [['--retention-days', '-1'], 2, '--retention-days'],
    [['--visitor', 'v'], 2, 'forget'],
    [['keys', 'revoke'], 2, 'expected the id of a key'],
    [['keys', 'revoke', 'none'], 1, 'no working key "none"'],
    [['--host', '203.0.113.1'], 1, '--host 203.0.113.1'],
    [['--host', ''], 2, '--host is given without a value'],
    [['--port', '-1'], 2, '--port needs a value; one that begins with a dash is given as --port=-…'],
    [['--rate-limit=-5'], 2, '--rate-limit must be a whole number from 1 to 1000000000, got "-5"'],
  ])('%j', async (words, code, message) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    // The command has its process for itself, and replaces them; here, they are put back.
    vi.stubGlobal('Request', Request)
    vi.stubGlobal('Response', Response)

    await runCommandLine([...words, '--data', data])

    const exitCode = process.exitCode
    process.exitCode = undefined
    expect(exitCode).toBe(code)
    expect(printed.mock.calls).toEqual([[expect.stringMatching(/^chatlog-collector: [^\n]+$/)]])
    expect(printed.mock.calls[0]?.[0]).toContain(message)
  })

  test('a place where nothing can be kept is named by its setting, a database without its password', async () => {
    const file = join(directory, 'file')
    writeFileSync(file, 'not a directory')
    mkdirSync(data)
    writeFileSync(join(data, 'chatlog.sqlite'), 'not a database '.repeat(100))
    const asFolder = join(directory, 'with-folder')
    mkdirSync(join(asFolder, 'chatlog.sqlite'), { recursive: true })
    const link = join(directory, 'link')
    symlinkSync(join(directory, 'nowhere'), link)
    const wrong = 'postgres://someone:secret@127.0.0.1:1/nowhere'

    const said = await Promise.all(
      [
        ['--data', file],
        ['--data', data],
        ['--data', asFolder],
        ['--data', join(link, 'beneath')],
        ['--database-url', wrong],
        ['--database-url', `${wrong}?max=0`],
        ['--database-url', `${wrong}?connect_timeout=soon`],
      ].map((place) => run('keys', 'list', ...place)),
    )

    expect(said.map(({ code, stderr }) => [code, stderr.trimEnd()])).toEqual([
      [1, `chatlog-collector: --data ${file}: this is not a directory`],
      [1, expect.stringMatching(/^chatlog-collector: --data \S+data: [^\n]+$/)],
      [1, expect.stringMatching(/^chatlog-collector: --data \S+: \S+chatlog\.sqlite can't be opened or made$/)],
      [1, expect.stringMatching(/^chatlog-collector: --data \S+: \S+beneath can't be made \(ENOENT\)$/)],
      [1, 'chatlog-collector: --database-url or DATABASE_URL: the database does not answer (ECONNREFUSED)'],
      [1, expect.stringContaining('?max= must be a whole number')],
      [1, expect.stringContaining('?connect_timeout= must be a whole number')],
    ])
  })

  test('a port that is taken', async () => {
    const { url } = await serve()

    const ended = await run('--port', new URL(url).port, '--data', data)

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('is taken: choose another with --port') })
  })
})

test('--help names every option; --version is the package’s', async () => {
  const { stdout, code } = await run('--help')

  for (const option of [
    'port',
    'host',
    'data',
    'database-url',
    'rate-limit',
    'type',
    'origin',
    'project',
    'retention-days',
    'visitor',
  ]) {
    expect(stdout).toContain(`--${option}`)
  }
  expect(code).toBe(0)
  expect((await run('--version')).stdout.trim()).toBe(packageJson.version)
})

describe('dist/collector.js', () => {
  test('runs through a symbolic link, as npm puts it into node_modules/.bin', async () => {
    const link = join(directory, 'chatlog-collector')
    symlinkSync(built.path, link)

    expect((await runNode([link, '--version'])).stdout.trim()).toBe(packageJson.version)
  })

  test('is the library when it is imported, and runs nothing', async () => {
    const code = `import * as library from ${JSON.stringify(built.path)}; console.log(Object.keys(library).join(' '))`

    const { stdout } = await runNode(['--input-type=module', '--eval', code])

    expect(stdout.trim().split(' ')).toEqual(
      expect.arrayContaining(['addKey', 'createCollector', 'createLiveView', 'openSqliteStore', 'serveCollector']),
    )
  })

  test('without its packages it says which line installs them, as a command and as a library', async () => {
    const path = join(directory, 'package', 'collector.js')
    cpSync(dirname(built.path), dirname(path), { recursive: true })
    mkdirSync(join(directory, 'node_modules'))
    symlinkSync(join(import.meta.dirname, '../../node_modules/nanoid'), join(directory, 'node_modules/nanoid'))
    // PostgreSQL's is asked for only by those who give its URL; the others are for QA and for React.
    const otherUses = ['pg', 'playwright', 'react']
    const packages = Object.keys(packageJson.peerDependencies).filter((name) => !otherUses.includes(name))
    const line = `npm install ${packages.join(' ')}`

    const command = await runNode([path, '--help'])
    const library = await runNode(['--input-type=module', '--eval', `await import(${JSON.stringify(path)})`])

    expect(command).toMatchObject({ code: 1, stdout: '' })
    expect(command.stderr.split('\n').map((text) => text.trim())).toContain(line)
    expect(command.stderr).not.toMatch(/^\s+at /m)
    expect(library.stderr).toContain(line)
  })
})
