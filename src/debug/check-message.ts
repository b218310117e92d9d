import { describeIssues } from '../collector/conversations/describe-issues.ts'
import { openaiMessageSchema } from '../contract/conversation.ts'
import { toIsoTime, toWireMessage } from '../script/conversation/message.ts'

/** What is wrong with a message that the page handed over. */
export interface MessageProblem {
  /** The message isn't recorded at all; where `false`, it is recorded without the named fields. */
  refused: boolean
  /** Names fields and what they must be; never what a person typed. */
  explanation: string
}

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** A tool's arguments may be given as a value, and the type left out: the script fills both in. */
function asToolCall(call: unknown): unknown {
  if (!isObject(call) || !isObject(call.function)) return call
  const { arguments: given } = call.function
  const text = typeof given === 'string' ? given : JSON.stringify(given ?? {})
  return { type: 'function', ...call, function: { ...call.function, arguments: text } }
}

/** The message under the wire's names, with everything that is wrong with it. */
const underWireNames = ({ id, toolCalls, createdAt, ...others }: Fields): Fields => ({
  ...others,
  ...(id != null && { externalId: String(id) }),
  ...(createdAt != null && { createdAt: toIsoTime(createdAt) ?? String(createdAt) }),
  ...(toolCalls != null && { tool_calls: Array.isArray(toolCalls) ? toolCalls.map(asToolCall) : toolCalls }),
})

/** Checks a message against the contract's schema. @returns `null` when all of it is recorded */
export function checkMessage(given: unknown): MessageProblem | null {
  const moment = new Date(0).toISOString()
  try {
    toWireMessage(given as never, { createdAt: moment, updatedAt: moment }, {})
  } catch (cause) {
    return { refused: true, explanation: cause instanceof Error ? cause.message : String(cause) }
  }
  const { success, error } = openaiMessageSchema.safeParse(underWireNames(given as Fields))
  return success ? null : { refused: false, explanation: describeIssues(error.issues) }
}
