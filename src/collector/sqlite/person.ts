/**
 * SQL for who had a conversation: the id in the cookie, or else the site's; null for nobody. Cut, as PostgreSQL's indexes
 * need it.
 *
 * @param row how the statement calls the conversation
 */
export const personOf = (row: string): string =>
  `nullif(substr(cast(coalesce(json_extract(${row}.fields, '$.properties.chatlog.visitorId'),
    json_extract(${row}.fields, '$.userProperties.id')) as text), 1, 512), '')`
