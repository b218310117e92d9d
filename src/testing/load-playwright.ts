import { createRequire } from 'node:module'
import type * as PlaywrightTest from 'playwright/test'

/**
 * Playwright's test runner, under either name it is installed by. Required, not imported: a project of CommonJS loads
 * this package with `require`, which takes no top-level `await`.
 *
 * @throws Error saying what to install
 */
export function loadPlaywright(): typeof PlaywrightTest {
  const require = createRequire(import.meta.url)
  for (const name of ['@playwright/test', 'playwright/test']) {
    try {
      return require(name)
    } catch (cause) {
      // The other name may be there; what breaks inside Playwright itself is told as it is.
      if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause
    }
  }
  throw new Error(
    'chatlog/testing needs Playwright: npm install --save-dev @playwright/test. ' +
      'The fake collector alone is in chatlog/testing/collector.',
  )
}
