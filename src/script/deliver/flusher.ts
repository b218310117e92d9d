import { maxBodyBytes } from '../../contract/limits.ts'
import type { DeliveryReport, PendingReason } from '../chatlog.ts'
import {
  acknowledge,
  bodyOf,
  type ConversationBody,
  dirtyParts,
  endingBodies,
  freezeAhead,
  hasRest,
  holdsAll,
} from '../conversation/body.ts'
import { type Conversation, wireIdOf } from '../conversation/conversation.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import { armEveryMs, createBurstLimit } from './burst-limit.ts'
import { createSendLock } from './send-lock.ts'
import type { SenderGate } from './sender-gate.ts'
import type { Delivery, Transport } from './transport.ts'

/** How often a page looks again that seems offline (`online` doesn't always come), or has broken something, in ms. */
const lookAgainMs = 30_000

/** Bytes a millisecond that a long conversation may cost: full upserts are O(n) each. */
const maxBytesPerMs = 32

const nothing = () => {}

/** When what is recorded is sent. */
export interface Flusher {
  /** Something was recorded: it is sent at the latest after `delayMs`, `null` for not by itself. */
  recorded(conversation: Conversation, delayMs: number | null): void
  /** Sends everything that isn't delivered now. */
  flush(): Promise<DeliveryReport>
  /** The page goes: hands over what it can, synchronously. */
  handOver(): void
  /** The network is back. */
  hurry(): void
  isSending(conversation: Conversation): boolean
  /** Takes back what is armed and under way. */
  stop(): void
}

interface Job {
  dueAt: number
  cancelTimer: () => void
  running: Promise<void> | null
  delivery: Delivery | null
  body: ConversationBody | null
  /** The last body, for pacing. */
  sentAt: number
  sentBytes: number
  disarm: () => void
  cancelArming: (() => void) | null
}

export interface FlusherParts {
  store: ConversationStore
  transport: Transport
  gate: SenderGate
  ledger: Ledger
  platform: Platform
  options: Pick<ResolvedOptions, 'storeName' | 'server'>
  beforeSend(): void
}

export function createFlusher(parts: FlusherParts): Flusher {
  const { store, transport, gate, ledger, platform, options, beforeSend } = parts
  const { elapsedMs, freeze } = platform
  /** Our own collector merges: a body may hold only what it hasn't got. */
  const merges = options.server === 'chatlog'
  const jobs = new Map<Conversation, Job>()
  const pause = () => new Promise<void>((resolve) => void platform.setTimer(resolve, 0))
  const mayArm = createBurstLimit(elapsedMs)
  const sendLock = createSendLock(platform, options.storeName)
  let stopped = false

  const jobOf = (conversation: Conversation): Job => {
    const job = jobs.get(conversation) ?? {
      ...{ dueAt: Number.POSITIVE_INFINITY, cancelTimer: nothing, running: null, delivery: null, body: null },
      ...{ sentAt: 0, sentBytes: 0, disarm: nothing, cancelArming: null },
    }
    jobs.set(conversation, job)
    return job
  }

  const makeDue = (job: Job, delayMs: number) => {
    job.dueAt = Math.min(job.dueAt, elapsedMs() + delayMs)
  }

  const setTimer = (conversation: Conversation, job: Job) => {
    job.cancelTimer()
    if (stopped || job.running || job.dueAt === Number.POSITIVE_INFINITY) return
    const pacedAt = job.sentAt + job.sentBytes / maxBytesPerMs
    const delayMs = Math.max(job.dueAt - elapsedMs(), pacedAt - elapsedMs(), gate.waitMs())
    job.cancelTimer = platform.setTimer(() => void run(conversation), delayMs)
  }

  /** What the page has put in a global's place may throw. */
  const complain = (cause: unknown) => ledger.complain('sending failed', cause)

  const run = (conversation: Conversation): Promise<void> => {
    const job = jobOf(conversation)
    job.cancelTimer()
    job.dueAt = Number.POSITIVE_INFINITY
    job.running ??= send(conversation, job)
      .catch((cause) => void complain(cause))
      .then((failed) => {
        job.running = null
        scheduleRest(conversation, job, failed)
      })
      .catch(complain)
    return job.running
  }

  /** What is still to do after a run: what came meanwhile, a retry (later where it threw), the send after an unsettled one. */
  const scheduleRest = (conversation: Conversation, job: Job, failed: boolean | undefined) => {
    if (!hasRest(conversation)) disarm(job)
    if (failed !== false) makeDue(job, failed && platform.isOnline() ? 0 : lookAgainMs)
    else if (conversation.resend)
      makeDue(job, Math.max(conversation.unsettledUntil - elapsedMs(), 1_000 + platform.random() * 3_000))
    setTimer(conversation, job)
  }

  /** @returns whether it has to be tried again */
  const send = async (conversation: Conversation, job: Job): Promise<boolean> => {
    if (!conversation.loaded || conversation.refused) return false
    if (gate.waitMs() > 0 || !platform.isOnline()) return conversation.dirty.size > 0 || conversation.resend
    let failed = false
    await sendLock.hold(conversation.id, async () => {
      await store.refresh(conversation)
      beforeSend()
      const startedAt = elapsedMs()
      conversation.overtaken = false
      let sent = 0
      for (const part of dirtyParts(conversation)) {
        await freezeAhead(conversation, part, freeze, pause)
        const body = bodyOf(conversation, part, 'settled', freeze)
        if (!body) continue
        if (!(await attempt(conversation, job, body))) {
          failed = !conversation.refused
          return
        }
        sent++
      }
      if (!hasRest(conversation)) disarm(job)
      if (sent || conversation.resend) await store.settle(conversation, startedAt)
    })
    return failed
  }

  const attempt = async (conversation: Conversation, job: Job, body: ConversationBody): Promise<boolean> => {
    if (body.bytes > maxBodyBytes) return refuse(conversation, 413, `${body.bytes} bytes are over ${maxBodyBytes}`)
    if (!(await gate.enter()) || stopped) return false
    Object.assign(job, { body, sentAt: elapsedMs(), sentBytes: body.bytes })
    store.mark(conversation)
    // Where something is armed, that outlives the page; this can be taken back then, and doesn't come after newer ones.
    job.delivery = transport.deliver(body.pieces, body.bytes, merges || job.disarm === nothing)
    const outcome = await job.delivery.outcome
    ledger.measure('delivery', job.sentAt)
    job.delivery = null
    gate.leave(outcome)
    if (outcome.kind === 'retry') job.sentBytes = 0 // the gate paces retries
    if (outcome.kind === 'delivered') {
      ledger.counts.delivered += [...body.rows.keys()].filter((entry) => conversation.dirty.has(entry)).length
      acknowledge(conversation, body)
      const conversationId = wireIdOf(conversation, body.part)
      ledger.emit('delivered', { conversationId, messages: body.rows.size, bytes: body.bytes })
      return true
    }
    if (outcome.kind === 'retry') {
      // The request may have got through all the same, and may be read late.
      if (!/\d/.test(outcome.cause)) store.unsettle(conversation)
      if (outcome.cause === 'timeout') conversation.lingering = true
    } else if (outcome.kind === 'blocked') {
      for (const other of jobs.values()) disarm(other)
    } else {
      refuse(conversation, outcome.status, outcome.detail)
    }
    return false
  }

  const refuse = (conversation: Conversation, status: number, detail: string): false => {
    conversation.refused = true
    ledger.complain(`the endpoint refused a conversation with ${status}: ${detail}`)
    ledger.emit('refused', { conversationId: wireIdOf(conversation), status, detail })
    return false
  }

  /** The run under way may have left without what was recorded since: then one more. */
  const sendAll = async (conversation: Conversation) => {
    await new Promise<void>((resolve) => store.whenLoaded(conversation, resolve))
    const wasRunning = jobOf(conversation).running !== null
    await run(conversation)
    if (wasRunning && dirtyParts(conversation).length) await run(conversation)
  }

  const disarm = (job: Job) => {
    job.cancelArming?.()
    job.cancelArming = null
    job.disarm()
    job.disarm = nothing
  }

  /** Leaves the newest body with the browser, in the call that records: later, a crash in the same task loses it. */
  const arm = (conversation: Conversation, job: Job) => {
    if (mayArm()) armNow(conversation, job)
    else job.cancelArming ??= platform.setTimer(() => armNow(conversation, job), armEveryMs)
  }

  const armNow = (conversation: Conversation, job: Job) => {
    job.cancelArming?.()
    job.cancelArming = null
    // What may not go out now may not go out at the page's end either.
    if (!transport.arm || !canHandOver(conversation)) return disarm(job)
    const body = endingBodies(conversation, merges, true, freeze).at(-1)
    if (!body) return
    store.mark(conversation)
    const disarmNext = transport.arm(body.pieces, body.bytes)
    if (!disarmNext) return
    job.disarm()
    job.disarm = disarmNext
  }

  const canHandOver = (conversation: Conversation) =>
    !stopped && conversation.loaded && !conversation.refused && hasRest(conversation) && gate.isOpen()

  const isUnderWay = (job: Job, body: ConversationBody) => job.delivery?.keepalive === true && holdsAll(job.body, body)

  return {
    recorded(conversation, delayMs) {
      const job = jobOf(conversation)
      if (!hasRest(conversation)) disarm(job)
      else arm(conversation, job)
      const { dueAt } = job
      if (delayMs !== null) makeDue(job, delayMs)
      if (job.dueAt < dueAt) setTimer(conversation, job)
    },
    async flush() {
      for (const sending of store.all().map((conversation) => sendAll(conversation).catch(complain))) await sending
      const report: DeliveryReport = { delivered: [], pending: [] }
      for (const conversation of store.all()) {
        const reason = pendingReason(conversation)
        const conversationId = wireIdOf(conversation)
        if (reason) report.pending.push({ conversationId, reason })
        else if (conversation.messages.length) report.delivered.push(conversationId)
      }
      return report
    },
    handOver() {
      sendLock.release()
      let spare = gate.spare()
      for (const [conversation, job] of [...jobs].reverse()) {
        if (!canHandOver(conversation)) continue
        // What is armed may be older, and goes out beside what is handed over.
        if (spare > 1) armNow(conversation, job)
        else disarm(job)
        if (job.disarm !== nothing) spare--
        const bodies = endingBodies(conversation, merges, false, freeze).filter((body) => !isUnderWay(job, body))
        for (const body of bodies.splice(0, spare)) {
          spare--
          store.mark(conversation)
          const lasts = transport.handOver(body.pieces, body.bytes)
          if (lasts && job.body?.part === body.part && !job.delivery?.keepalive) job.delivery?.abort('network')
          store.unsettle(conversation)
        }
      }
    },
    hurry() {
      gate.hurry()
      for (const [conversation, job] of jobs) {
        if (conversation.dirty.size) makeDue(job, 0)
        setTimer(conversation, job)
      }
    },
    isSending: (conversation) => jobs.get(conversation)?.delivery != null,
    stop() {
      stopped = true
      for (const job of jobs.values()) {
        job.cancelTimer()
        disarm(job)
      }
      transport.abort()
    },
  }

  function pendingReason(conversation: Conversation): PendingReason | null {
    if (!conversation.dirty.size && !dirtyParts(conversation).length) return null
    if (stopped) return 'stopped'
    if (conversation.refused) return 'refused'
    const { state } = gate.state()
    if (state === 'blocked' || state === 'unreachable') return state
    if (!platform.isOnline()) return 'offline'
    return [...conversation.dirty].every(({ row }) => row.streaming) ? 'streaming' : 'retrying'
  }
}
