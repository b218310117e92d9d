import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { startLiveView } from './live-view-server.ts'
import { walkThrough } from './under-a-path.ts'

test.use({ ignoreHTTPSErrors: true })

/** A file of `docs/deploy`, with each text replaced that only holds where it is installed; all must be there. */
function sample(name: string, places: Record<string, string>): string {
  let text = readFileSync(join(import.meta.dirname, '../../docs/deploy', name), 'utf8')
  for (const [from, to] of Object.entries(places)) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

type Place = { folder: string; port: number; collectorPort: number }

/** Writes the program's files; says how it is started. */
const programs: Record<string, (place: Place) => string[]> = {
  nginx({ folder, port, collectorPort }) {
    const site = sample('nginx.conf', {
      '127.0.0.1:8787': `127.0.0.1:${collectorPort}`,
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      '/etc/nginx/certificate.pem': join(folder, 'certificate.pem'),
      '/etc/nginx/certificate.key': join(folder, 'certificate.key'),
      '/var/www/html': folder,
    })
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary.join('\n')}\n${site}\n}\n`,
    )
    return ['-c', join(folder, 'nginx.conf'), '-p', folder]
  },
  haproxy({ folder, port, collectorPort }) {
    const text = sample('haproxy.cfg', {
      '127.0.0.1:8787': `127.0.0.1:${collectorPort}`,
      'bind :443': `bind 127.0.0.1:${port}`,
      '/etc/haproxy/certificate.pem': join(folder, 'both.pem'),
    })
    writeFileSync(join(folder, 'haproxy.cfg'), text)
    return ['-db', '-f', join(folder, 'haproxy.cfg')]
  },
}

const hasProgram = (name: string) => {
  try {
    execFileSync(name, [name === 'openssl' ? 'version' : '-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** A certificate that nobody signed, for this test. */
function makeCertificate(folder: string): void {
  const [key, certificate] = [join(folder, 'certificate.key'), join(folder, 'certificate.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-days', '2', '-nodes']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  })
  writeFileSync(join(folder, 'both.pem'), readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'))
}

for (const [name, configure] of Object.entries(programs)) {
  test(`behind ${name}, set up by the file of docs/deploy, the live view works and its stream isn’t held back`, async ({
    page,
    request,
  }) => {
    test.skip(!hasProgram(name) || !hasProgram('openssl'), `${name} or openssl is not installed`)
    const folder = mkdtempSync(join(tmpdir(), `chatlog-${name}-`))
    mkdirSync(folder, { recursive: true })
    makeCertificate(folder)
    const liveView = await startLiveView({ basePath: '/chatlog' })
    const port = await freePort()
    const origin = `https://127.0.0.1:${port}`
    const program: ChildProcess = spawn(name, configure({ folder, port, collectorPort: liveView.port }), {
      stdio: 'pipe',
    })
    let said = ''
    program.stderr?.on('data', (text) => {
      said += text
    })
    const ended = new Promise((resolve) => program.on('exit', resolve))
    try {
      const health = () =>
        request.get(`${origin}/chatlog/health`).then(
          (answer) => answer.status(),
          () => said || 'no answer',
        )
      await expect.poll(health).toBe(200)
      await walkThrough(page, origin, liveView)

      await page.goto(`${origin}/chatlog/`)
      await page.getByLabel('API key').fill(liveView.apiKey)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByText('live', { exact: true })).toBeAttached()
      expect(await page.context().cookies()).toMatchObject([
        { name: 'chatlog_session', path: '/chatlog', secure: true },
      ])
      await liveView.say('c-live', 'Does it arrive at once?')
      await expect(page.locator('#conversations li[data-id="c-live"]')).toBeVisible({ timeout: 3_000 })
      expect((await request.get(`${origin}/chatlog/metrics`)).status()).toBe(404)
      const body = JSON.stringify({ type: 'openai', messages: [{ role: 'user', content: 'x'.repeat(2_000_000) }] })
      const headers = { authorization: `Bearer ${liveView.webKey}`, 'content-type': 'application/json' }
      expect((await request.post(`${origin}/chatlog/conversations`, { headers, data: body })).status()).toBe(200)
    } finally {
      await page.close()
      program.kill()
      await ended
      await liveView.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
