import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { usage } from '../../src/collector/command-line/usage.ts'

const folder = join(import.meta.dirname, '../../docs/deploy')
const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

const hasProgram = (name: string) => spawnSync(name, ['--version']).status === 0

test('every sample file sets only what the collector knows', () => {
  for (const { name, text } of files) {
    for (const [variable] of text.matchAll(/\bCHATLOG_\w+/g))
      expect([name, usage]).toEqual([name, expect.stringContaining(variable)])
    for (const [, flag = ''] of text.matchAll(/(--(?:base-path|address-header|data|type|role|drain-ms)) /g)) {
      expect([name, usage]).toEqual([name, expect.stringContaining(flag)])
    }
  }
})

test('docs/collector.md leads to every sample file', () => {
  const document = readFileSync(join(folder, '../collector.md'), 'utf8')

  for (const { name } of files) expect(document).toContain(`](deploy/${name})`)
})

test.skipIf(!hasProgram('systemd-analyze'))('systemd takes the unit', () => {
  const directory = mkdtempSync(join(tmpdir(), 'chatlog-unit-'))
  const unit = join(directory, 'chatlog-collector.service')
  const text = files.find(({ name }) => name === 'chatlog-collector.service')?.text ?? ''
  // The program is not installed here.
  writeFileSync(unit, text.replace(/^ExecStart=\S+/m, 'ExecStart=/usr/bin/env'))
  try {
    expect(execFileSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' })).toBe('')
  } finally {
    rmSync(directory, { recursive: true })
  }
})
