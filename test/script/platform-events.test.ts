import { afterEach, describe, expect, test, vi } from 'vitest'
import type { PageClick, Platform } from '../../src/script/platform.ts'
import { happyPage } from './happy-page.ts'

afterEach(() => vi.unstubAllGlobals())

describe('a page that hides', () => {
  test('is heard of when its tab is hidden, frozen or left, and whether the document goes', () => {
    const { platform, becomes, tell } = happyPage()
    const heard = vi.fn()
    platform.onPageHidden(heard)

    becomes('hidden')
    expect(heard.mock.calls).toEqual([[false]])
    tell('pagehide')
    expect(heard.mock.calls).toEqual([[false], [true]])
    tell('freeze')
    expect(heard.mock.calls).toEqual([[false], [true], [true]])
  })

  test('is not heard of when it is shown, nor by what would keep it out of the back/forward cache', () => {
    const { platform, becomes, tell } = happyPage()
    const heard = vi.fn()
    platform.onPageHidden(heard)
    becomes('visible')
    for (const name of ['pageshow', 'resume', 'unload', 'beforeunload', 'blur']) tell(name)

    expect(heard).not.toHaveBeenCalled()
  })
})

describe('a page that is shown', () => {
  test('is heard of when its tab is, and when it comes out of a cache or wakes, as restored', () => {
    const { platform, becomes, tell } = happyPage()
    const heard = vi.fn()
    platform.onPageShown(heard)

    becomes('visible')
    expect(heard.mock.calls).toEqual([[false]])
    tell('pageshow', { persisted: true })
    expect(heard.mock.calls).toEqual([[false], [true]])
    tell('resume')
    expect(heard.mock.calls).toEqual([[false], [true], [true]])
  })

  test('out of the cache in a tab that is hidden counts as restored too', () => {
    const { platform, becomes, tell } = happyPage()
    becomes('hidden')
    const heard = vi.fn()
    platform.onPageShown(heard)
    tell('pageshow', { persisted: true })

    expect(heard.mock.calls).toEqual([[true]])
  })

  test('is not heard of when it has just been loaded, or hides', () => {
    const { platform, becomes, tell } = happyPage()
    const heard = vi.fn()
    platform.onPageShown(heard)
    tell('pageshow', { persisted: false })
    becomes('hidden')
    tell('pagehide', { persisted: true })

    expect(heard).not.toHaveBeenCalled()
  })
})

describe('a page that is prerendered', () => {
  test('waits until it is shown', () => {
    const { platform, document, window } = happyPage({ document: { prerendering: true } })
    const activated = vi.fn()
    platform.whenActivated(activated)

    expect(activated).not.toHaveBeenCalled()
    document.dispatchEvent(new window.Event('prerenderingchange'))
    expect(activated).toHaveBeenCalledTimes(1)
  })

  test.each([false, undefined])('never waits where `prerendering` is %s', (prerendering) => {
    const { platform } = happyPage({ document: { prerendering } })
    const activated = vi.fn()
    platform.whenActivated(activated)

    expect(activated).toHaveBeenCalledTimes(1)
  })
})

test('a line that comes back is heard of, one that goes is not', () => {
  const { platform, tell } = happyPage()
  const heard = vi.fn()
  platform.onOnline(heard)
  tell('offline')
  expect(heard).not.toHaveBeenCalled()
  tell('online')

  expect(heard).toHaveBeenCalledTimes(1)
})

test('what the policy forbids is heard of, and not what it only reports', () => {
  const { platform, tell } = happyPage()
  const heard = vi.fn()
  const end = platform.onForbidden(heard)
  tell('securitypolicyviolation', { disposition: 'report', blockedURI: 'https://a.example.com/' })
  tell('securitypolicyviolation', { disposition: 'enforce', blockedURI: 'https://b.example.com/' })
  end()
  tell('securitypolicyviolation', { disposition: 'enforce', blockedURI: 'https://c.example.com/' })

  expect(heard.mock.calls).toEqual([['https://b.example.com/']])
})

describe('a click', () => {
  /** A page with a link in a widget; `click` clicks in it. */
  const pageWithLink = (html = '<div id="widget"><a href="/x"><b id="clicked">x</b></a></div>') => {
    const page = happyPage()
    page.document.body.innerHTML = html
    const clicked = page.document.querySelector('#clicked') as HTMLElement
    const click = (button = 0, type = 'click', element: Element = clicked) => {
      const event = new page.window.MouseEvent(type, { bubbles: true, composed: true, cancelable: true, button })
      element.dispatchEvent(event)
      return event
    }
    return { ...page, click }
  }
  const namesOf = ({ elements }: PageClick) => elements.map(({ localName }) => localName)

  test('tells the elements from the clicked one outwards, and the event', () => {
    const { platform, click } = pageWithLink()
    const clicks: PageClick[] = []
    platform.onClick(null, (heard) => clicks.push(heard))
    const event = click()

    expect(clicks.map(namesOf)).toEqual([['b', 'a', 'div', 'body', 'html']])
    expect(clicks[0]?.event).toBe(event)
  })

  test('inside an open shadow root tells what was clicked there', () => {
    const { platform, document, click } = pageWithLink('<my-widget></my-widget>')
    const root = (document.querySelector('my-widget') as Element).attachShadow({ mode: 'open' })
    root.innerHTML = '<a href="/x"><b>x</b></a>'
    const clicks: PageClick[] = []
    platform.onClick(null, (heard) => clicks.push(heard))
    click(0, 'click', root.querySelector('b') as Element)

    expect(clicks.map(namesOf)).toEqual([['b', 'a', 'my-widget', 'body', 'html']])
  })

  test('inside a root that the page names is heard there, and none outside it', () => {
    const { platform, document, click } = pageWithLink('<my-widget></my-widget><p id="clicked"></p>')
    const root = (document.querySelector('my-widget') as Element).attachShadow({ mode: 'open' })
    root.innerHTML = '<a href="/x">x</a>'
    const heard = vi.fn()
    platform.onClick(root, heard)
    click()
    expect(heard).not.toHaveBeenCalled()
    click(0, 'click', root.querySelector('a') as Element)

    expect(heard).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['with the left button', 0, 'click', 1],
    ['with the middle button', 1, 'auxclick', 1],
    ['with the right button', 2, 'auxclick', 0],
    ['that is only pressed', 0, 'mousedown', 0],
  ])('%s (%d, %s) counts %d times', (_how, button, type, times) => {
    const { platform, click } = pageWithLink()
    const heard = vi.fn()
    platform.onClick(null, heard)
    click(button, type)

    expect(heard).toHaveBeenCalledTimes(times)
  })

  test('is heard of though the widget keeps it to itself', () => {
    const { platform, document, click } = pageWithLink()
    document.querySelector('#clicked')?.addEventListener('click', (event) => event.stopPropagation())
    const heard = vi.fn()
    platform.onClick(null, heard)
    click()

    expect(heard).toHaveBeenCalledTimes(1)
  })

  test('is never in the way: the browser needn’t wait for whoever hears of it', () => {
    const { platform, click } = pageWithLink()
    platform.onClick(null, ({ event }) => event.preventDefault())

    expect(click().defaultPrevented).toBe(false)
  })
})

describe('whoever hears of it', () => {
  type Subscription = [name: string, subscribe: (platform: Platform, listener: () => void) => () => void, event: string]
  const subscriptions: Subscription[] = [
    ['onPageHidden', ({ onPageHidden }, listener) => onPageHidden(listener), 'pagehide'],
    ['onPageShown', ({ onPageShown }, listener) => onPageShown(listener), 'resume'],
    ['onOnline', ({ onOnline }, listener) => onOnline(listener), 'online'],
    ['onClick', ({ onClick }, listener) => onClick(null, listener), 'click'],
  ]

  test.each(subscriptions)('no longer wants to hears no more (%s)', (_name, subscribe, event) => {
    const { platform, tell } = happyPage()
    const heard = vi.fn()
    const unsubscribe = subscribe(platform, heard)
    tell(event)
    unsubscribe()
    tell(event)

    expect(heard).toHaveBeenCalledTimes(1)
  })

  test.each(subscriptions)('fails tells the console, and not the page (%s)', (_name, subscribe, event) => {
    const { platform, window, tell } = happyPage()
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const pageErrors = vi.fn()
    window.addEventListener('error', pageErrors)
    const cause = new Error('broken')
    subscribe(platform, () => {
      throw cause
    })
    tell(event)

    expect(error.mock.calls).toEqual([['chatlog:', cause]])
    expect(pageErrors).not.toHaveBeenCalled()
  })
})
