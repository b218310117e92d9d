// A step of `npm run build`: each script also under a name that changes with its version, and what to pin it by; and the
// stub as a file, for pages whose policy forbids it in the page.
import { copyFileSync } from 'node:fs'
import { scriptFiles } from './script-files.js'

for (const { name, immutableName, integrity } of scriptFiles()) {
  const [from, to] = [name, immutableName].map((file) => new URL(`../dist/${file}`, import.meta.url))
  if (from && to) copyFileSync(from, to)
  console.log(`dist/${immutableName}  integrity="${integrity}"`)
}

copyFileSync(
  new URL('../src/stub/chatlog-stub.js', import.meta.url),
  new URL('../dist/chatlog-stub.js', import.meta.url),
)
