import axe from 'axe-core'
import type { Page } from 'playwright/test'

/**
 * What axe-core finds in a page and its frames: each rule that is broken, with the elements that break it.
 *
 * It is put into a frame once, and stays there for the next look at the same document.
 */
export async function accessibilityFaults(page: Page): Promise<[rule: string, elements: string[]][]> {
  for (const frame of page.frames()) {
    if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axe.source)
  }
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
}
