/**
 * What one tab tells the others of its store. Tabs with other builds of the script hear it too, so names never change.
 */
export type TabNews =
  /** The conversation has new rows. */
  | { kind: 'rows'; conversationId: string }
  /** The visitor has refused. */
  | { kind: 'refused' }
  /** Somebody logged out at that time, milliseconds since 1970. */
  | { kind: 'logout'; at: number }
