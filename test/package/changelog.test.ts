import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { releasedChangelog } from '../../.ci/changelog.js'

const changelog = `# Changelog

## Unreleased

- **New**: before, nothing; now, something.

## 0.1.0 (2026-01-01)

The first version.
`

test('what is unreleased gets a number and a date, and the next changes have a place', () => {
  expect(releasedChangelog(changelog, '0.2.0', '2026-03-01')).toBe(`# Changelog

## Unreleased

## 0.2.0 (2026-03-01)

- **New**: before, nothing; now, something.

## 0.1.0 (2026-01-01)

The first version.
`)
})

test('a version that changes nothing, and one that is there already, are refused', () => {
  const released = releasedChangelog(changelog, '0.2.0', '2026-03-01')

  expect(() => releasedChangelog(released, '0.3.0', '2026-03-01')).toThrow('nothing under "## Unreleased"')
  expect(() => releasedChangelog(changelog, '0.1.0', '2026-03-01')).toThrow('0.1.0 already')
})

test('the CHANGELOG has the place where a release finds what is new', () => {
  const own = readFileSync(join(import.meta.dirname, '../../CHANGELOG.md'), 'utf8')
  const changed = own.replace('## Unreleased\n', '## Unreleased\n\n- **A change**\n')

  expect(releasedChangelog(changed, '99.0.0', '2026-03-01')).toContain('\n## 99.0.0 (2026-03-01)\n\n- **A change**')
})
