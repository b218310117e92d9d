/** What `chatlog-collector --help` prints. */
export const usage = `Receives what chatlog records: POST /conversations, stored in one directory or in PostgreSQL.

  chatlog-collector [--port 8787] [--host 127.0.0.1] [--data ./chatlog-data] [--rate-limit 30000]
  chatlog-collector keys add --type web|api [--origin https://docs.example.com]... [--project NAME] [--data …]
  chatlog-collector keys list [--project NAME] [--data …]
  chatlog-collector keys revoke KEY_ID [--project NAME] [--data …]
  chatlog-collector forget --visitor ID [--project NAME] [--data …]

Serving
  --port         0 takes any free one; the address is printed once it answers    (8787)
  --host         0.0.0.0 lets other machines in                                  (127.0.0.1)
  --data         directory of the stored conversations and keys                  (./chatlog-data)
  --database-url  postgres://user:password@host:5432/database, in place of --data (DATABASE_URL)
  --rate-limit   requests a minute that one key may send                         (30000)
  --retention-days  erases what wasn't written to for so many days               (none)

Keys (a running collector sees every change at once)
  --type         web: public, for the page, writes only; api: secret, reads too
  --origin       the key works only from pages of this origin; may be repeated   (any)
  --project      keys of a project see its conversations only                    (default)
  keys add prints the key once, alone on the last line; only its hash is kept.

Privacy
  --visitor      forget erases the person of this id everywhere, also where it is the id in their cookie:
                 conversations, messages, events, feedback

  --help, --version

SIGTERM and SIGINT (Ctrl-C) finish the requests under way and end.`
