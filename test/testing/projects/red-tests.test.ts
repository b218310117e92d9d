import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snippetsIn } from '../../docs/snippets.ts'
import { canPack, createPackedProject, type PackedProject } from '../packed-project.ts'

/** Lines of a failure that stand on one screen with it. */
const screenLines = 24

const page = 'https://shop.example/'

const demo = join(import.meta.dirname, '../../../demo/qa')

/** A run's report of its one red test, without what differs from run to run. */
const reportIn = (output: string): string =>
  output
    .slice(output.search(/^ {2}1\) /m), output.search(/^ {4}Error Context/m))
    .replace(/\/\S*\/(?=red\.spec)/g, '')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:40123')
    .trimEnd()
    .concat('\n')

/** By a failing test's title: what its first screen says. */
const causes: Record<string, (string | RegExp)[]> = {
  'wrong selector in the test': ["waiting for getByRole('button', { name: 'Aks' })", 'recorded nothing: no message'],
  'wrong selector of the tag': [`Nothing is stored: data-user=".my" and data-assistant=".theirs-too" matches nothing`],
  'a refused body': [/POST https:\/\/api\.shop\.example\/conversations with 422: messages\[0\]\.role: expected one of/],
  'a refused body is waited for': [
    /did not hold within 300 ms.*Nothing is stored: the collector refused POST .* with 422/,
  ],
  'a consent banner left open': [`Nothing is stored: consent is pending on ${page}`],
  'a consent banner left open is waited for': [`Nothing is stored: consent is pending on ${page}`],
  'no script': [`Nothing is stored: no script of chatlog on ${page}`],
  'a script that is not there': [`script was not loaded on ${page}: ${page}missing-chatlog.js (404)`],
  'calls that are queued': [`2 calls queued on ${page} (trackMessage, identify), and no script tag`],
  'a tag without a key': ['was not started: its tag has no data-api-key'],
  'a wrong endpoint': ['the page sends to https://api.shop.example/convrsations, a wrong endpoint'],
  'a wrong option': ['`endpoint` must be an absolute http(s) URL'],
  'nobody said anything': [`chatlog runs on ${page} and recorded nothing`],
  'an invalid message': [/1 as invalid: .*`role` must be system, user or assistant/],
  'a closed page': [`consent is denied on ${page}`],
  'other messages': [/✗ {2}2 \(no such message expected\) +\| assistant: On its way\./],
  'another field': ['name: expected "Joe", stored "Jo"', 'status: expected "aborted", stored "complete"'],
  'other clicks, feedback and status': ['expected a click on "there"; stored:', /here https:\/\/shop.example\/track/],
  'something is recorded where nothing may be': [
    '1 message recorded on',
    'cookie chatlog_visitor is kept',
    /POST \S+ was/,
  ],
}

/** A red test's part of the report, its header first. */
const failureOf = (output: string, title: string): string[] => {
  const [, after = ''] = output.split(new RegExp(`^ {2}\\d+\\) [^\\n]* › ${title} ─*\\n`, 'm'))
  const [failure = ''] = after.split(/^(?:\[\d+\/\d+\]| {2}\d+\) )/m)
  return failure.split('\n').filter((line) => line.trim())
}

describe.skipIf(!canPack)('a red test explains itself', () => {
  let project: PackedProject
  let output = ''
  let attached: Record<string, string[]> = {}
  beforeAll(async () => {
    project = await createPackedProject()
    await project.copySpec('red-tests')
    await project.write('attachments.cjs', attachmentReporter)
    ;({ output } = await project.playwright('red-tests', '--reporter=line,./attachments.cjs'))
    const [, written = '{}'] = /^attachments: (.*)$/m.exec(output) ?? []
    attached = JSON.parse(written)
  }, 400_000)
  afterAll(() => project.remove())

  test.each(Object.entries(causes))('%s: the first screen names the cause', (title, wanted) => {
    const screen = failureOf(output, title).slice(0, screenLines).join('\n')

    for (const each of wanted) expect(screen).toMatch(each)
  })

  test('the line that failed is the test’s own, also where it waited', () => {
    for (const title of Object.keys(causes).filter((each) => !each.startsWith('something'))) {
      expect(failureOf(output, title).join('\n')).toMatch(/^ +> \d+ \|.*(expect|waitUntil|click)/m)
    }
  })

  test('no body is shown whole', () => {
    expect(failureOf(output, 'other messages').join('\n')).not.toMatch(/no-body|createdAt|\bproperties\b.*secret: '?$/)
  })

  test('the document shows what a test says', () => {
    const [shown] = snippetsIn('text').filter(({ document }) => document === 'docs/testing.md')
    const said = failureOf(output, 'other messages').map((line) => line.slice(4))

    const lines = shown?.code.split('\n').filter(Boolean) ?? []
    expect(said.slice(0, lines.length).join('\n').replace('Error: ', '')).toBe(lines.join('\n'))
  })

  test('the demo shows what its red test says', async () => {
    await project.write('red.spec.ts', readFileSync(join(demo, 'red.spec.ts'), 'utf8'))

    const { output: said } = await project.playwright('red.spec.ts')

    expect(reportIn(said)).toBe(readFileSync(join(demo, 'red-report.txt'), 'utf8'))
  })

  test('every report has the conversations, requests, states and console lines', () => {
    const names = ['chatlog', 'chatlog-stored', 'chatlog-requests', 'chatlog-pages', 'chatlog-console']

    expect(Object.keys(attached).sort()).toEqual(Object.keys(causes).sort())
    for (const [title, held] of Object.entries(attached)) expect([title, held.slice(0, 5)]).toEqual([title, names])
  })
})

/** Says which attachments each test has. */
const attachmentReporter = `module.exports = class {
  held = {}
  onTestEnd(test, result) {
    this.held[test.title] = result.attachments.map(({ name }) => name).filter((name) => name.startsWith('chatlog'))
  }
  onEnd() { console.log('attachments: ' + JSON.stringify(this.held)) }
}`
