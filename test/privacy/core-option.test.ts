import { expect, test } from 'vitest'
import { type Privacy, resolveOptions } from '../../src/script/options.ts'

test.each(['redacted', 'metadata'] satisfies Privacy[])(
  'the script without redaction refuses to start with %s, and says what to load: it never stores more than was asked',
  (privacy) => {
    const start = () => resolveOptions({ apiKey: 'k', privacy })

    expect(start).toThrow(new RegExp(`\`privacy\`.*chatlog-observe\\.js.*'chatlog/observe'.*got string:${privacy}`))
  },
)

test('without a word about privacy, everything that was said is stored', () => {
  expect(resolveOptions({ apiKey: 'k' }).privacy).toBe('full')
})
