import { endingBodies } from '../conversation/body.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { Arming } from './arming.ts'
import type { SenderGate } from './sender-gate.ts'
import type { Sending } from './sending.ts'
import type { Transport } from './transport.ts'

export interface PageEndParts {
  store: ConversationStore
  transport: Transport
  gate: SenderGate
  arming: Arming
  sending: Sending
  platform: Platform
  options: Pick<ResolvedOptions, 'server'>
}

/** Makes what a page does as it goes: hands over what it can, synchronously, the newest conversations first. */
export function createHandOver({ store, transport, gate, arming, sending, platform, options }: PageEndParts) {
  const merges = options.server === 'chatlog'
  return () => {
    sending.release()
    let spare = gate.spare()
    const newestFirst = store
      .all()
      .reverse()
      .sort((a, b) => b.updatedAt - a.updatedAt)
    for (const conversation of newestFirst) {
      if (!arming.mayHandOver(conversation)) continue
      // An armed body goes out beside what is handed over: an older one that arrives last would overwrite the newer.
      if (spare > 1) arming.armNow(conversation)
      else arming.disarm(conversation)
      if (arming.isArmed(conversation)) spare--
      const bodies = endingBodies(conversation, merges, false, platform.freeze)
      for (const body of bodies.filter((body) => !sending.requests.holds(conversation, body)).splice(0, spare)) {
        spare--
        store.saveSending(conversation)
        const lasts = transport.handOver(body.pieces, body.bytes)
        if (lasts) sending.requests.takeBack(conversation, body.part)
        store.loseSight(conversation)
      }
    }
  }
}
