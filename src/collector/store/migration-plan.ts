/** What there is to do to bring data to the newest version. */
export type MigrationPlan = {
  /** 0 for a store that is empty. */
  version: number
  newest: number
  /** Conversations that are to be filled. */
  conversations: number
}
