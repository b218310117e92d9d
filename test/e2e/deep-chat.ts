import type { Locator, Page } from 'playwright/test'

/** Where a visitor types on a demo with deep-chat: by the page's placeholder, since it paints itself once before that. */
export const deepChatInput = (page: Page): Locator => page.getByRole('textbox', { name: 'How do I install it?' })

/** Types a question, and sends it. */
export async function askDeepChat(page: Page, question: string): Promise<void> {
  await deepChatInput(page).fill(question)
  await deepChatInput(page).press('Enter')
}
