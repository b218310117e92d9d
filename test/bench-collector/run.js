// `npm run bench:collector`: how fast upserts are; with `-- --size 20000`, how quick reading stays with so many conversations,
// in both stores or, with `--store sqlite` or `--store postgresql`, in one.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { size: { type: 'string' }, store: { type: 'string', default: '' } } })
if (values.size !== undefined && !/^[1-9]\d{2,7}$/.test(values.size)) {
  console.error(`--size must be a number of conversations from 100 on, got ${JSON.stringify(values.size)}`)
  process.exit(2)
}
if (!['', 'sqlite', 'postgresql'].includes(values.store)) {
  console.error(`--store must be sqlite or postgresql, got ${JSON.stringify(values.store)}`)
  process.exit(2)
}
const file = values.size === undefined ? 'bench.test.ts' : 'size.test.ts'
const { status } = spawnSync('npx', ['vitest', 'run', `test/bench-collector/${file}`], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(values.size !== undefined && { CHATLOG_BENCH_SIZE: values.size }),
    CHATLOG_BENCH_STORE: values.store,
  },
})
process.exit(status ?? 1)
