/** What `chatlog-collector --help` prints. */
export const usage = `Receives the conversations that chatlog records, and keeps them in one directory or in PostgreSQL. Started in an empty
directory, it prints a link: the page behind it makes a key and shows the tag for your site.

  chatlog-collector [--port 8787] [--host 127.0.0.1] [--data ./chatlog-data | --database-url postgres://…]
  chatlog-collector keys add --type web|api [--origin https://docs.example.com]... [--project NAME] [--data …]
                             [--role read|write|erase|admin] [--name TEXT] [--expires 2027-01-31]
                             [--also-project NAME]...
  chatlog-collector keys list [--project NAME] [--data …]
  chatlog-collector keys revoke KEY_ID [--project NAME] [--data …]
  chatlog-collector forget --visitor ID [--project NAME] [--data …]
  chatlog-collector migrate [--dry-run] [--data …]

Serving, with the variable of the environment that says the same
  --port            0 takes any free one; printed once it answers: CHATLOG_PORT      (8787)
  --host            0.0.0.0 lets other machines in: CHATLOG_HOST                     (127.0.0.1)
  --data            directory of the conversations and keys: CHATLOG_DATA            (./chatlog-data)
  --database-url    PostgreSQL in place of it, postgres://user:password@host:5432/database: DATABASE_URL
  --read-database-url  a replica of it, for lists, searches and counts: CHATLOG_READ_DATABASE_URL
  --rate-limit      requests a minute that one key may send: CHATLOG_RATE_LIMIT      (30000)
  --retention-days  erases what nobody wrote to for so long: CHATLOG_RETENTION_DAYS  (none)
                    90,shop=30,legal=none gives projects periods of their own
  --erase-share     percent of a project that one sweep erases at most: CHATLOG_ERASE_SHARE (20)
  --erase-discarded  yes erases chats that their visitors removed: CHATLOG_ERASE_DISCARDED (no)
  --base-path       path under which a proxy serves it, /chatlog: CHATLOG_BASE_PATH  (/)
  --address-header  header in which your proxy says who asks, x-forwarded-for: CHATLOG_ADDRESS_HEADER
  --drain-ms        milliseconds that it listens on after SIGTERM, /health 503: CHATLOG_DRAIN_MS (500)
  --log-level       info (every request), warn, error or silent: CHATLOG_LOG_LEVEL   (info)
  --metrics-token   what GET /metrics asks for; else all may: CHATLOG_METRICS_TOKEN

Keys (a running collector sees every change at once)
  --type            web: public, for the page, writes only; api: secret, reads too
  --origin          the key works only from pages of this origin; may be repeated;   (any)
                    https://*.example.com lets in every subdomain
  --role            of an api key: read; write too; erase too; admin, the audit log too  (erase)
  --name            who or what uses it
  --expires         a date from which it is refused                                  (never)
  --also-project    of an api key: who signs in with it may choose this project too; may be repeated
  --project         keys of a project see its conversations only                     (default)
  keys add prints the key once, alone on the last line; only its hash is kept.

Privacy
  --visitor         forget erases the person of this id everywhere, also where it is the id in their cookie:
                    conversations, messages, events, feedback

Updating
  --dry-run         migrate says what there is to do, and changes nothing; every start migrates by itself

  --help, --version

SIGTERM and SIGINT (Ctrl-C) finish the requests under way, 10 s at most, and end. The log goes to stderr, JSON, a line
each, without content and keys. GET /health answers 200 while the store does, else 503.`
