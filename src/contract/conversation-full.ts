/**
 * How the `detail` of the 422 begins that a conversation gets which would grow over `maxConversationMessages` or
 * `maxConversationBytes`: what is in the body can be stored, in another conversation that goes on with this one.
 */
export const conversationFull = 'conversation: full'
