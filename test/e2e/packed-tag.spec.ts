import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scriptFiles } from '../../.ci/script-files.js'
import packageJson from '../../package.json' with { type: 'json' }
import { createPackedProject, type PackedProject } from '../package/packed-project.ts'
import { expect, flush, say, started, test } from './fixtures.ts'

// One installation for all of them.
test.describe.configure({ mode: 'default', timeout: 60_000 })

let project: PackedProject
test.beforeAll(async () => {
  project = await createPackedProject()
})
test.afterAll(() => project.remove())

for (const field of ['unpkg', 'jsdelivr'] as const) {
  test(`the file that ${field} serves of the packed package runs as a tag, checked by its hash`, async ({
    page,
    site,
    collector,
  }) => {
    const code = await readFile(join(project.folder, 'node_modules/chatlog', packageJson[field]), 'utf8')
    const [{ immutableName, integrity } = { immutableName: '', integrity: '' }] = scriptFiles()
    const headers = { 'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000, immutable' }
    const src = site.rawPage(`/${immutableName}`, code, headers)
    const tag = `<script async crossorigin integrity="${integrity}" src="${src}" data-api-key="${collector.webKey}" data-endpoint="${collector.endpoint}"></script>`
    await page.goto(site.rawPage('/pinned', `<!doctype html><title>Pinned</title>${tag}`))
    await started(page)

    await say(page, 'From the packed file')
    await flush(page)

    expect(await collector.transcripts()).toEqual([['user: From the packed file']])
  })
}
