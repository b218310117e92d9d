import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { deleteStored } from './store/journal.ts'
import { tellOtherTabs } from './store/tab-channel.ts'
import { type CookiePage, createVisitorCookie } from './who/cookie.ts'
import { openMemo } from './who/memo.ts'

/** What a page that doesn't record can still do for the visitor. */
export interface WithoutRecording {
  /** The visitor refuses: deletes everything that this page or an earlier one has stored, and tells the other tabs. */
  erase(): void
  /** Deletes the messages that this page or an earlier one has stored. */
  deleteStored(): void
  /** A logout at that time: the next visitor gets another id, and the other tabs are told. */
  logOut(at: number): void
  /** Forgets which conversation the tab was in. */
  forgetTab(): void
}

/** What `withoutRecording` needs of the page. */
export type UnrecordedPage = CookiePage & Pick<Platform, 'localText' | 'sessionText' | 'openChannel' | 'deleteRowLog'>

export function withoutRecording(options: ResolvedOptions, platform: UnrecordedPage): WithoutRecording {
  const { storeName } = options
  const memo = openMemo(platform.localText, storeName)
  const cookie = createVisitorCookie(options, platform, memo)
  const forgetTab = () => platform.sessionText.remove(storeName)
  return {
    erase() {
      cookie.remove()
      forgetTab()
      memo.clear()
      deleteStored(platform, storeName)
      tellOtherTabs(platform, storeName, { kind: 'refused' })
    },
    deleteStored: () => deleteStored(platform, storeName),
    logOut(at) {
      forgetTab()
      // This page writes nothing of its own, but another page of the site may have made an id, which the next visitor
      // must not inherit.
      const isKnown = cookie.read() || platform.localText.get(storeName)
      if (isKnown) memo.write({ visitorId: cookie.replace(), secret: undefined, resetAt: at })
      tellOtherTabs(platform, storeName, { kind: 'logout', at })
    },
    forgetTab,
  }
}
