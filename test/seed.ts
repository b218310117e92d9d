import fc from 'fast-check'

// The same cases in every run of the short forms, so that a failure is a change's own; CHATLOG_SEED tries others.
// `npm run test:model`, `test:reconcile` and `test:fuzz` draw new ones each time.
if (!/^test:(model|fuzz|reconcile)$/.test(process.env.npm_lifecycle_event ?? '')) {
  fc.configureGlobal({ seed: Number(process.env.CHATLOG_SEED ?? 20_261_122) })
}
