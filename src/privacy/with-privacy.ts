import type { ConversationInput, FeedbackInput, MessageInput } from '../script/chatlog.ts'
import type { LinkClick } from '../script/conversation/rows.ts'
import type { Privacy, ResolvedOptions } from '../script/options.ts'
import type { Platform } from '../script/platform.ts'
import type { startRecording } from '../script/start.ts'
import { toClickMetadata, toMetadata } from './metadata.ts'
import { redactClick, redactMessage, redactUrl } from './redact-message.ts'
import { redactText } from './redact-text.ts'
import { redactValue } from './redact-value.ts'

type Page = ReturnType<Platform['page']>

/** How one privacy mode reduces everything that can be stored. */
interface Reduction {
  message(message: MessageInput, page: Page): MessageInput
  click(click: LinkClick): LinkClick
  page(page: Page): Page
  properties(properties: Record<string, unknown>): Record<string, unknown>
  tags(tags: string[]): string[]
  reasons(reasons: FeedbackInput['reasons']): FeedbackInput['reasons']
}

const reductions: Record<Exclude<Privacy, 'full'>, Reduction> = {
  redacted: {
    message: redactMessage,
    click: redactClick,
    page: (page) => ({ ...page, href: redactUrl(page.href), title: redactText(page.title) }),
    properties: (properties) => redactValue(properties) as Record<string, unknown>,
    tags: (tags) => tags.map((tag) => redactText(String(tag))),
    reasons: (reasons) => redactValue(reasons) as FeedbackInput['reasons'],
  },
  metadata: {
    message: (message, { baseUrl }) => toMetadata(message, baseUrl),
    click: toClickMetadata,
    page: (page) => ({ ...page, href: page.origin, title: '' }),
    properties: () => ({}),
    tags: () => [],
    reasons: () => undefined,
  },
}

function reduceConversation(given: ConversationInput, { properties, tags }: Reduction): ConversationInput {
  return {
    ...given,
    ...(given.properties && { properties: properties(given.properties) }),
    ...(Array.isArray(given.tags) && { tags: tags(given.tags) }),
  }
}

function reduceOptions(options: ResolvedOptions, reduction: Reduction, page: () => Page): ResolvedOptions {
  const { beforeStore } = options
  return {
    ...options,
    // The site's own edit sees the message whole; what it returns is reduced like any other.
    beforeStore(message) {
      const edited = beforeStore ? beforeStore(message) : message
      return edited && reduction.message(edited, page())
    },
    beforeClick: reduction.click,
    properties: reduction.properties(options.properties),
    tags: reduction.tags(options.tags),
  }
}

/**
 * Makes a recording that keeps to the `privacy` option: it reduces everything on its way in, so that neither lasting
 * memory, nor storage, nor a request ever holds more. What throws while it is reduced is not recorded.
 */
export const withPrivacy =
  (start: typeof startRecording): typeof startRecording =>
  (parts) => {
    const { options, platform } = parts
    if (options.privacy === 'full') return start(parts)
    const reduction = reductions[options.privacy]
    const reducedPage = { ...platform, page: () => reduction.page(platform.page()) }
    const reduced = reduceOptions(options, reduction, platform.page)
    const recording = start({ ...parts, options: reduced, platform: reducedPage })
    const { current, recorder } = recording
    return {
      ...recording,
      recorder: {
        ...recorder,
        trackFeedback: (feedback) =>
          recorder.trackFeedback({ ...feedback, reasons: reduction.reasons(feedback.reasons) }),
      },
      current: { ...current, start: (given) => current.start(reduceConversation(given, reduction)) },
    }
  }
