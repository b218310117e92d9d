/** Ends the id of feedback that a message carries too, under `properties.chatlog.feedback`: it counts once. */
export const markedFeedbackSuffix = '-feedback'

/** Id of the upsert to `/feedback` that says again what stands at the message. */
export const markedFeedbackId = (messageId: string): string => messageId + markedFeedbackSuffix
