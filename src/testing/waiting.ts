import type { StoredConversation } from '../contract/answer.ts'
import type { FakeConversations } from './fake-conversations.ts'

/**
 * What a test waits for. Where it throws, as `stored[0].messages` does before anything is stored, it doesn't hold yet.
 */
export type IsSo = (conversations: StoredConversation[]) => boolean

/** Settings of `waitUntil`. */
export interface WaitSettings {
  /** @defaultValue 5_000 */
  timeoutMs?: number
}

/** `waitUntil`, of what is stored here. */
export type WaitUntil = (isSo: IsSo, settings?: WaitSettings) => Promise<StoredConversation[]>

/**
 * @param explain says what is stored, and why not more, when the time is up
 */
export function createWaitUntil(
  stored: Pick<FakeConversations, 'all' | 'onStored'>,
  explain: () => string | Promise<string>,
): WaitUntil {
  const waitUntil: WaitUntil = (isSo, { timeoutMs = 5_000 } = {}) => {
    // The error is made now, since the stack no longer holds the test's line when the time is up.
    const failure = new Error()
    Error.captureStackTrace(failure, waitUntil)
    return new Promise((resolve, reject) => {
      let thrown: unknown
      const look = () => {
        try {
          thrown = undefined
          if (!isSo(stored.all())) return
        } catch (cause) {
          thrown = cause
          return
        }
        end()
        resolve(stored.all())
      }
      const unsubscribe = stored.onStored(look)
      const timer = setTimeout(async () => {
        end()
        const doubt = thrown === undefined ? '' : `\nThe condition itself threw: ${thrown}`
        reject(
          withMessage(
            failure,
            `waitUntil: the condition did not hold within ${timeoutMs} ms. ${await explain()}${doubt}`,
          ),
        )
      }, timeoutMs)
      const end = () => {
        clearTimeout(timer)
        unsubscribe()
      }
      look()
    })
  }
  return waitUntil
}

/** The stack begins with the message that the error had when it was made: that of the test's line. */
export function withMessage(error: Error, message: string): Error {
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? []
  error.message = message
  error.stack = [`Error: ${message}`, ...frames].join('\n')
  return error
}
