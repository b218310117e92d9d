/** What `chatlog-collector --help` prints. */
export const usage = `chatlog-collector receives the conversations that chatlog records, and keeps them in one directory or in PostgreSQL.
Started in an empty directory, it prints a link. The page behind the link makes a key, and shows the tag for your site.

  chatlog-collector [--port 8787] [--host 127.0.0.1] [--data ./chatlog-data | --database-url postgres://…]
  chatlog-collector keys add --type web|api [--origin https://docs.example.com]... [--project NAME] [--data …]
                             [--role read|write|erase|admin] [--name TEXT] [--expires 2027-01-31]
                             [--also-project NAME]...
  chatlog-collector keys list [--project NAME] [--data …]
  chatlog-collector keys revoke KEY_ID [--project NAME] [--data …]
  chatlog-collector forget --visitor ID [--project NAME] [--data …]
  chatlog-collector migrate [--dry-run] [--data …]

To serve (each line names the environment variable that does the same)
  --port            the port; 0 means any free port: CHATLOG_PORT                    (8787)
  --host            the address; 0.0.0.0 accepts other machines: CHATLOG_HOST        (127.0.0.1)
  --data            the directory for conversations and keys: CHATLOG_DATA           (./chatlog-data)
  --database-url    PostgreSQL instead, postgres://user:password@host:5432/database: DATABASE_URL
  --read-database-url  a replica of it, for lists, searches and counts: CHATLOG_READ_DATABASE_URL
  --rate-limit      how many requests a minute one key may send: CHATLOG_RATE_LIMIT  (30000)
  --retention-days  erases conversations without a change in so many days: CHATLOG_RETENTION_DAYS (none)
                    90,shop=30,legal=none sets other periods for some projects
  --erase-share     how many percent of a project one sweep may erase: CHATLOG_ERASE_SHARE (20)
  --erase-discarded  yes erases chats that their visitors removed: CHATLOG_ERASE_DISCARDED (no)
  --base-path       the path under which a proxy serves it, /chatlog: CHATLOG_BASE_PATH (/)
  --address-header  the header in which your proxy names the client, x-forwarded-for: CHATLOG_ADDRESS_HEADER
  --drain-ms        how many milliseconds it still listens after SIGTERM, with /health 503: CHATLOG_DRAIN_MS (500)
  --log-level       info (every request), warn, error or silent: CHATLOG_LOG_LEVEL   (info)
  --metrics-token   the token that GET /metrics requires; without one, everybody may read it: CHATLOG_METRICS_TOKEN

Keys (a running collector sees every change at once)
  --type            web: public, for pages, can only write; api: secret, can also read
  --origin          the key works only from pages of this origin; you can repeat it; (any)
                    https://*.example.com allows every subdomain
  --role            for an api key: read; write (and read); erase (and both); admin (and keys, audit log)  (erase)
  --name            who or what uses the key
  --expires         the date from which the collector refuses the key                (never)
  --also-project    for an api key: who signs in with it may choose this project too; you can repeat it
  --project         the project; its keys see only its conversations                 (default)
  keys add prints the key once, alone on the last line. The collector keeps only its hash.

Privacy
  --visitor         forget erases the person with this id (also the id in their cookie) everywhere:
                    conversations, messages, events and feedback

Updates
  --dry-run         migrate says what it would do, and changes nothing; every start also migrates

  --help, --version

After SIGTERM or SIGINT (Ctrl-C) it finishes the requests that have begun, within 10 s, and ends. It writes its log to
stderr, one JSON object on each line, without content and keys. GET /health answers 200 while the store answers, else 503.`
