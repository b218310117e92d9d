import { cleanText } from '../clean-json.ts'
import { defaultProjectId } from '../store/keys.ts'
import type { CommandValues } from './command-values.ts'
import { openStore } from './open-store.ts'
import { storePlace } from './settings.ts'
import { UsageError } from './usage-error.ts'

/** `forget --visitor ID`: erases a person everywhere, and prints how much that was. May run beside a collector. */
export async function runForgetCommand([operand]: string[], values: CommandValues): Promise<void> {
  if (operand !== undefined) throw new UsageError(`forget: unexpected ${JSON.stringify(operand)}`)
  const visitorId = cleanText(values.visitor ?? '').normalize('NFC')
  if (visitorId === '') throw new UsageError('forget: --visitor must be an id, as the live view shows it')
  const store = await openStore(storePlace(values))
  try {
    const { alsoKnownAs, ...counts } = await store.forgetVisitor(values.project ?? defaultProjectId, visitorId)
    const { conversations, messages, events, feedback } = counts
    console.log(
      `Erased: ${conversations} conversations with ${messages} messages, ${events} events, ${feedback} feedback.`,
    )
    if (alsoKnownAs.length > 0) {
      console.log('Other ids that stood beside it, the same person or somebody else at the same browser:')
      for (const id of alsoKnownAs) console.log(id)
    }
  } finally {
    await store.close()
  }
}
