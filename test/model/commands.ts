import fc from 'fast-check'
import type { Fault } from '../script/fakes/fake-endpoint.ts'
import {
  endPage,
  hearingMs,
  keepSilent,
  type Model,
  type ModelPage,
  type Real,
  type Recorded,
  startPage,
  tabCount,
  transcriptId,
} from './world.ts'

type Command = fc.AsyncCommand<Model, Real>

/** A step that may be taken where the model says so, written as it reads in a failing sequence. */
const command = (
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => void | Promise<void>,
): Command => ({ check, run: async (model, real) => run(model, real), toString: () => name })

const isShown = (page: ModelPage | null | undefined): page is ModelPage => page != null && !page.cached

/** A step of a page that is open and shown. */
const onPage = (
  name: string,
  index: number,
  run: (page: ModelPage, model: Model, real: Real) => void | Promise<void>,
  check: (page: ModelPage) => boolean = () => true,
): Command =>
  command(
    `${name} in tab ${index}`,
    ({ pages }) => isShown(pages[index]) && check(pages[index]),
    (model, real) => run(model.pages[index] as ModelPage, model, real),
  )

const logOf = ({ logs }: Real, index: number) => {
  const log = logs[index]
  if (!log) throw new Error('the script was not started')
  return log
}

function note(model: Model, page: ModelPage, more: Partial<Recorded> = {}): Recorded {
  const number = model.recorded.length + 1
  const recorded: Recorded = {
    ...{
      text: `message ${number}.`,
      page: page.number,
      at: model.now,
      wallAt: model.now + model.jumped,
      hearsSince: page.hearsSince,
      callerId: null,
      inChat: page.named,
      status: 'complete',
    },
    ...{ clicks: [], unheard: false, mayBeLost: false, mayBeCut: false, endedAt: Number.POSITIVE_INFINITY, ...more },
  }
  model.recorded.push(recorded)
  page.recorded.push(recorded)
  return recorded
}

/** A step that records something: two tabs never do in the same millisecond, where no clock can tell their order. */
const recording = (
  name: string,
  index: number,
  run: (page: ModelPage, model: Model, real: Real) => void,
  check?: (page: ModelPage) => boolean,
) =>
  onPage(
    name,
    index,
    async (page, model, real) => {
      const last = model.recorded.at(-1)
      if (last && last.at === model.now && last.page !== page.number) {
        await real.browser.advance(1)
        model.now++
      }
      run(page, model, real)
    },
    check,
  )

const say = (index: number, hasId: boolean) =>
  recording(hasId ? 'say with an id' : 'say', index, (page, model, real) => {
    const recorded = note(model, page)
    if (hasId) recorded.callerId = `m${model.recorded.length}`
    const { text, callerId } = recorded
    logOf(real, index).trackMessage({ role: 'user', content: text, ...(callerId !== null && { id: callerId }) })
  })

const beginAnswer = (index: number) =>
  recording(
    'begin an answer',
    index,
    (page, model, real) => {
      const recorded = note(model, page, { status: 'streaming', callerId: `m${model.recorded.length + 1}` })
      page.growing = recorded
      const { text, callerId, status } = recorded
      logOf(real, index).trackMessage({
        role: 'assistant',
        content: text,
        id: callerId as string,
        status: status as 'streaming',
      })
    },
    ({ growing }) => !growing,
  )

const appendWord = (index: number) =>
  onPage(
    'append',
    index,
    ({ growing }, _model, real) => {
      if (!growing) return
      growing.text += ' word'
      logOf(real, index).appendToMessage(growing.callerId as string, ' word')
    },
    ({ growing }) => growing !== null,
  )

const endAnswer = (index: number, status: 'complete' | 'aborted' | 'error') =>
  onPage(
    `end the answer as ${status}`,
    index,
    (page, _model, real) => {
      if (!page.growing) return
      page.growing.status = status
      logOf(real, index).completeMessage(page.growing.callerId as string, { status })
      page.growing = null
    },
    ({ growing }) => growing !== null,
  )

/** The widget renders its whole transcript, with one message more. */
const render = (index: number) =>
  recording('render a transcript', index, (page, model, real) => {
    // The page opens that conversation with its first transcript.
    page.rendersSince ??= model.now
    const hearsSince = Math.max(page.rendersSince, page.hearsSince)
    model.transcript.push(note(model, page, { callerId: `t${model.transcript.length + 1}`, inChat: false, hearsSince }))
    const messages = model.transcript.map(({ text, callerId }) => ({
      id: callerId as string,
      role: 'user' as const,
      content: text,
    }))
    logOf(real, index).trackMessages(messages, { conversationId: transcriptId })
  })

/** How long a page may take to read what others have said, in milliseconds. */
const loadedMs = 1_000

/** Half an hour after its last message a conversation may be forgotten, and clicks in it with it. */
const isFresh = ({ latest }: Model, { wallAt }: Recorded) => latest - wallAt < 29 * 60_000

/** A click on a link in the newest message that this page recorded and can name. */
const click = (index: number) =>
  onPage(
    'click',
    index,
    (page, model, real) => {
      const clicked = page.recorded.findLast(({ callerId }) => callerId?.startsWith('m'))
      if (!clicked?.callerId || !isFresh(model, clicked)) return
      const url = `https://docs.example.com/${model.recorded.length}/${clicked.clicks.length}/${model.now}`
      clicked.clicks.push(url)
      logOf(real, index).trackLinkClick({ url, messageId: clicked.callerId })
    },
    ({ recorded, growing }) => !growing && recorded.some(({ callerId }) => callerId?.startsWith('m')),
  )

/** A click on a link in what another page said in the chat that both show, and of which this one has heard. */
const clickOnOther = (index: number) => {
  const heardOf = (model: Model, page: ModelPage) => {
    const hasHeard = ({ at, unheard }: Recorded) => !unheard && model.now - Math.max(at, page.hearsSince) > loadedMs
    return model.recorded.findLast(
      (other) => other.inChat && other.callerId && other.status === 'complete' && !other.mayBeLost && hasHeard(other),
    )
  }
  return command(
    `click on the other's message in tab ${index}`,
    (model) => {
      const page = model.pages[index]
      const clicked = isShown(page) && page.named && heardOf(model, page)
      return !!clicked && clicked.page !== page.number && isFresh(model, clicked)
    },
    (model, real) => {
      const clicked = heardOf(model, model.pages[index] as ModelPage)
      if (!clicked?.callerId) return
      const url = `https://docs.example.com/other/${model.recorded.length}/${clicked.clicks.length}/${model.now}`
      clicked.clicks.push(url)
      logOf(real, index).trackLinkClick({ url, messageId: clicked.callerId })
    },
  )
}

const open = (index: number, named: boolean) =>
  command(
    `open ${named ? 'the chat' : 'a page'} in tab ${index}`,
    ({ pages }) => !pages[index],
    (model, real) => {
      real.tabs[index] = real.browser.openTab()
      startPage(model, real, index, named)
    },
  )

const duplicate = (index: number) =>
  command(
    `duplicate the other tab as tab ${index}`,
    ({ pages }) => !pages[index] && isShown(pages[1 - index]),
    (model, real) => {
      real.tabs[index] = real.browser.openTab(real.tabs[1 - index] ?? undefined)
      startPage(model, real, index, model.pages[1 - index]?.named === true)
    },
  )

const navigate = (index: number) =>
  onPage('navigate', index, async ({ named }, model, real) => {
    await real.tabs[index]?.navigate()
    endPage(model, index, false)
    startPage(model, real, index, named)
  })

const close = (index: number) =>
  onPage('close', index, async (_page, model, real) => {
    await real.tabs[index]?.close()
    endPage(model, index, false)
  })

const crash = (index: number) =>
  onPage('crash', index, (_page, model, real) => {
    real.tabs[index]?.crash()
    endPage(model, index, true)
  })

const hideAndShow = (index: number) =>
  onPage('hide and show', index, async (_page, _model, real) => {
    await real.tabs[index]?.hide()
    await real.tabs[index]?.show()
  })

const leaveForCache = (index: number) =>
  onPage('leave for another site', index, async (page, model, real) => {
    keepSilent(model, page)
    if (page.growing) page.growing.endedAt = Math.min(page.growing.endedAt, model.now)
    if (await real.tabs[index]?.leaveCached()) page.cached = true
    else endPage(model, index, false)
  })

const comeBack = (index: number) =>
  command(
    `come back in tab ${index}`,
    ({ pages }) => pages[index]?.cached === true,
    async (model, real) => {
      // No browser thaws a page in the moment in which it froze it.
      await real.browser.advance(hearingMs)
      model.now += hearingMs
      const isSame = await real.tabs[index]?.comeBack()
      const page = model.pages[index]
      if (!page) return
      page.cached = false
      page.hearsSince = model.now
      if (isSame) return
      endPage(model, index, false)
      startPage(model, real, index, page.named)
    },
  )

/** Longer than this no answer goes without a word, in milliseconds; without Web Locks it would count as left. */
const longestSilenceMs = 20_000

const advance = (ms: number) =>
  command(
    `advance ${ms} ms`,
    ({ setting, pages }) => setting.locks || ms < longestSilenceMs || !pages.some((page) => page?.growing),
    async (model, real) => {
      await real.browser.advance(ms)
      model.now += ms
      model.latest = Math.max(model.latest, model.now + model.jumped)
    },
  )

const jump = (ms: number) =>
  command(
    `the clock jumps ${ms} ms`,
    () => true,
    (model, { browser }) => {
      browser.clock.jump(ms)
      model.jumped += ms
      model.latest = Math.max(model.latest, model.now + model.jumped)
    },
  )

const nextFaults = (faults: (Fault | null)[]) =>
  command(
    `next faults ${JSON.stringify(faults)}`,
    () => true,
    (_model, { browser }) => browser.endpoint.next(...faults),
  )

const outage = (fault: Fault | null) =>
  command(
    `from now on ${JSON.stringify(fault)}`,
    () => true,
    (_model, { browser }) => browser.endpoint.always(fault),
  )

const goOffline = command(
  'offline',
  () => true,
  (_model, { browser }) => browser.goOffline(),
)
const goOnline = command(
  'online',
  () => true,
  (_model, { browser }) => browser.goOnline(),
)

const killBrowser = command(
  'kill the browser',
  ({ pages }) => pages.some((page) => page),
  async (model, { browser }) => {
    // What was recorded within the last milliseconds may be lost; a moment later nothing may.
    await browser.advance(100)
    model.now += 100
    browser.kill()
    for (const index of model.pages.keys()) endPage(model, index, true)
  },
)

const flush = (index: number) =>
  onPage('flush', index, (_page, _model, real) => {
    void logOf(real, index).flush()
  })

const tabIndex = fc.nat({ max: tabCount - 1 })

// Late at most by what the script waits for: nothing can overtake a request that arrives days later.
const lateness = fc.constantFrom(10, 200, 1_000, 4_000)

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(500, 503, 429, 408).map((status) => ({ kind: 'status' as const, status })),
  fc.constantFrom('2', '90').map((retryAfter) => ({ kind: 'status' as const, status: 429, retryAfter })),
  fc.constant({ kind: 'status' as const, status: 401 }),
  fc.option(lateness).map((appliedAfterMs) => ({ kind: 'hang' as const, appliedAfterMs })),
  lateness.map((ms) => ({ kind: 'slow' as const, ms })),
  fc.boolean().map((applied) => ({ kind: 'reset' as const, applied })),
  fc.constantFrom({ kind: 'cut' as const }, { kind: 'stall' as const }),
)

/** Any step at all, in the proportion in which they find something. */
export const commandArbitraries: fc.Arbitrary<Command>[] = [
  fc.tuple(tabIndex, fc.boolean()).map(([index, named]) => open(index, named)),
  fc.tuple(tabIndex, fc.boolean()).map(([index, named]) => open(index, named)),
  tabIndex.map(duplicate),
  fc.tuple(tabIndex, fc.boolean()).map(([index, hasId]) => say(index, hasId)),
  fc.tuple(tabIndex, fc.boolean()).map(([index, hasId]) => say(index, hasId)),
  fc.tuple(tabIndex, fc.boolean()).map(([index, hasId]) => say(index, hasId)),
  tabIndex.map(beginAnswer),
  tabIndex.map(appendWord),
  fc
    .tuple(tabIndex, fc.constantFrom('complete', 'aborted', 'error'))
    .map(([index, status]) => endAnswer(index, status)),
  tabIndex.map(render),
  tabIndex.map(click),
  tabIndex.map(clickOnOther),
  tabIndex.map(navigate),
  tabIndex.map(close),
  tabIndex.map(crash),
  tabIndex.map(hideAndShow),
  tabIndex.map(leaveForCache),
  tabIndex.map(comeBack),
  tabIndex.map(flush),
  fc.constantFrom(1, 10, 60, 300).map(advance),
  fc.constantFrom(60, 1_000, 6_000).map(advance),
  fc.constantFrom(1_000, 20_000, 600_000, 2_400_000).map(advance),
  fc.constantFrom(-3_600_000, -300_000, 3_600_000, 86_400_000, -86_400_000).map(jump),
  fc.array(fc.option(fault), { minLength: 1, maxLength: 4 }).map(nextFaults),
  fc.option(fault).map(outage),
  fc.constant(goOffline),
  fc.constant(goOnline),
  fc.constant(killBrowser),
]
