import { endingBodies } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { hasRest, isHeldBack } from '../conversation/delivery.ts'
import { lastOf } from '../lists.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import { armEveryMs, createBurstLimit } from './burst-limit.ts'
import type { SenderGate } from './sender-gate.ts'
import type { Transport } from './transport.ts'

/** What is left with the browser (`fetchLater`), to go out when the page is gone. */
export interface Arming {
  /**
   * Leaves the newest body with the browser, within the call that records: left later, a crash in the same task loses
   * it. After a burst of 20 it does so every 100 ms.
   */
  arm(conversation: Conversation): void
  /** Leaves the newest body with the browser now, also within those 100 ms. */
  armNow(conversation: Conversation): void
  disarm(conversation: Conversation): void
  disarmAll(): void
  isArmed(conversation: Conversation): boolean
  /** Whether something of the conversation may go out with the page. */
  mayHandOver(conversation: Conversation): boolean
}

export interface ArmingParts {
  store: ConversationStore
  transport: Transport
  gate: SenderGate
  platform: Platform
  options: Pick<ResolvedOptions, 'server'>
}

interface Armed {
  disarm: (() => void) | null
  cancelTimer: (() => void) | null
}

export function createArming({ store, transport, gate, platform, options }: ArmingParts): Arming {
  const all = new Map<Conversation, Armed>()
  const mayArm = createBurstLimit(platform.elapsedMs)

  const armedOf = (conversation: Conversation): Armed => {
    const armed = all.get(conversation) ?? { disarm: null, cancelTimer: null }
    all.set(conversation, armed)
    return armed
  }

  const cancelTimer = (armed: Armed) => {
    armed.cancelTimer?.()
    armed.cancelTimer = null
  }

  const disarm = (conversation: Conversation) => {
    const armed = armedOf(conversation)
    cancelTimer(armed)
    armed.disarm?.()
    armed.disarm = null
  }

  const mayHandOver = (conversation: Conversation) =>
    conversation.logPosition.loaded &&
    !conversation.delivery.refused &&
    !isHeldBack(conversation, options.server) &&
    hasRest(conversation) &&
    gate.isOpen()

  const armNow = (conversation: Conversation) => {
    const armed = armedOf(conversation)
    cancelTimer(armed)
    // A body that may not go out now may not go out at the page's end either, so an older one isn't left armed.
    if (!transport.arm || !mayHandOver(conversation)) return disarm(conversation)
    const body = lastOf(endingBodies(conversation, options.server === 'chatlog', true, platform.freeze))
    if (!body) return
    store.saveSending(conversation)
    const disarmNext = transport.arm(body.pieces, body.bytes)
    if (!disarmNext) return
    armed.disarm?.()
    armed.disarm = disarmNext
  }

  return {
    arm(conversation) {
      if (mayArm()) return armNow(conversation)
      armedOf(conversation).cancelTimer ??= platform.setTimer(() => armNow(conversation), armEveryMs)
    },
    armNow,
    disarm,
    disarmAll() {
      for (const conversation of all.keys()) disarm(conversation)
    },
    isArmed: (conversation) => !!all.get(conversation)?.disarm,
    mayHandOver,
  }
}
