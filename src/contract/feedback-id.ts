/**
 * The end of the id of feedback that its message carries too, under `properties.chatlog.feedback`, so that it counts
 * once.
 */
export const markedFeedbackSuffix = '-feedback'

/** Id of the upsert to `/feedback` that repeats the feedback which the message carries. */
export const markedFeedbackId = (messageId: string): string => messageId + markedFeedbackSuffix
