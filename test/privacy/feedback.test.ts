import { expect, test } from 'vitest'
import { withPrivacy } from '../../src/privacy/with-privacy.ts'
import { createInstance } from '../../src/script/instance.ts'
import { type Privacy, resolveOptions } from '../../src/script/options.ts'
import { startRecording } from '../../src/script/start.ts'
import { marksOf } from '../script/fakes/fake-endpoint.ts'
import { endpointOptions, fakeBrowser } from '../script/fakes/fake-platform.ts'

test.each([
  ['redacted', { type: 'negative', reasons: [{ label: 'wrong', details: 'Write to [email]' }] }],
  ['metadata', { type: 'negative' }],
] satisfies [Privacy, object][])(
  'under %s what a visitor writes about an answer is reduced before it is stored',
  async (privacy, kept) => {
    const browser = fakeBrowser()
    const options = { ...resolveOptions(endpointOptions), privacy }
    const log = createInstance(options, browser.openTab().platform, () => {}, withPrivacy(startRecording))
    log.trackMessage({ id: 'a1', role: 'assistant', content: 'With npm.' })

    log.trackFeedback({
      messageId: 'a1',
      type: 'negative',
      reasons: [{ label: 'wrong', details: 'Write to jane@example.com' }],
    })
    await browser.advance(5_000)

    const [conversation] = browser.endpoint.conversations()
    const { createdAt: _, ...feedback } = marksOf(conversation?.messages[0]).feedback as Record<string, unknown>
    expect(feedback).toEqual(kept)
    expect(JSON.stringify(browser.endpoint.requests)).not.toContain('jane@')
  },
)
