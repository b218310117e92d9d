import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Builder, Key, type WebDriver } from 'selenium-webdriver'
import { webkitGtkMissing, webkitGtkPaths } from '../../.ci/engines.js'
import type { ClickKind, Engine, Point, Tab, Visitor } from './engine.ts'

/** How long driver and X server may take to start, in milliseconds: long, since the machine is loaded. */
const startMs = 120_000

/** How long a click may take from the X server to the page, in milliseconds: long, since the machine is loaded. */
const heardMs = 30_000

/** Input as from a mouse at the X server, see https://manpages.debian.org/xdotool. @returns what it prints */
type Mouse = (...commands: string[]) => Promise<string>

/** WebKitGTK's MiniBrowser, by WebKitWebDriver, on an X server without a screen. */
export const webkitGtk: Engine = {
  name: 'WebKitGTK',
  missing: webkitGtkMissing,
  async start() {
    const paths = webkitGtkPaths()
    if (!paths) throw new Error('WebKitGTK is not here')
    const home = await mkdtemp(join(tmpdir(), 'chatlog-webkitgtk-'))
    const { xServer, display } = await startXServer(paths.xServer)
    // No session bus: nothing of it is needed, and one that is started would stay.
    const own = { DISPLAY: display, HOME: home, XDG_RUNTIME_DIR: home, DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
    const env = { ...process.env, ...own }
    const port = await freePort()
    const driver = spawn(paths.driver, [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env })
    const url = `http://127.0.0.1:${port}`
    await untilAnswered(`${url}/status`)
    const mouse: Mouse = async (...commands) =>
      (await promisify(execFile)(paths.mouse, commands, { env })).stdout.trim()
    return {
      name: 'WebKitGTK',
      version: await versionOf(url),
      newVisitor: () => openVisitor(url, mouse),
      async stop() {
        await end(driver)
        await end(xServer)
        await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
      },
    }
  },
}

async function versionOf(url: string): Promise<string> {
  const session = await openSession(url)
  const version = (await session.getCapabilities()).getBrowserVersion()
  await session.quit()
  return `WebKitGTK ${version}`
}

const openSession = (url: string): Promise<WebDriver> =>
  new Builder().disableEnvironmentOverrides().usingServer(url).withCapabilities({ browserName: 'MiniBrowser' }).build()

/** Each visitor has a session of their own: with it ends the browser, and what it stored was in memory only. */
async function openVisitor(url: string, mouse: Mouse): Promise<Visitor> {
  const session = await openSession(url)
  const first = await session.getWindowHandle()
  // A session has one current window: commands to two tabs must not mix.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    openTab: () =>
      inTurn(async () => {
        await session.switchTo().window(first)
        // Not as a tab: that would be hidden, and can't be brought to the front.
        await session.switchTo().newWindow('window')
        const handle = await session.getWindowHandle()
        const inTab = <Result>(work: () => Promise<Result>) =>
          inTurn(async () => {
            await session.switchTo().window(handle)
            return work()
          })
        return tabOf(session, inTab, clickerOf(session, await windowOf(session, handle, mouse), mouse))
      }),
    leave: () => inTurn(() => session.quit()),
  }
}

/** The X server's number of the current window. It is found by its title. */
async function windowOf(session: WebDriver, handle: string, mouse: Mouse): Promise<string> {
  await session.executeScript('document.title = arguments[0]', handle)
  return mouse('search', '--sync', '--onlyvisible', '--name', handle)
}

/**
 * Clicks at a point of the current window's page by the X server's mouse. WebKitWebDriver's own mouse (2.50) lets go of
 * no button but the left one, so that a middle click arrives as a left one.
 */
const clickerOf = (session: WebDriver, window: string, mouse: Mouse) => {
  return async ({ x, y }: Point, kind: ClickKind): Promise<void> => {
    const [left, top] = await session.executeScript<[number, number]>(
      'return [outerWidth - innerWidth, outerHeight - innerHeight]',
    )
    const isWithCtrl = kind === 'left with Ctrl held'
    const button = { left: '1', middle: '2', right: '3', 'left with Ctrl held': '1' }[kind]
    await session.executeScript(expectClick)
    await mouse(
      ...['windowraise', window, 'mousemove', '--window', window, `${Math.round(x + left)}`, `${Math.round(y + top)}`],
      ...(isWithCtrl ? ['keydown', 'ctrl'] : []),
      ...['click', button],
      ...(isWithCtrl ? ['keyup', 'ctrl'] : []),
    )
    // The X server is not told when its events have been heard.
    const end = performance.now() + heardMs
    while (await isClickAwaited(session)) {
      if (performance.now() > end) throw new Error(`the click at ${x}, ${y} was not heard in ${heardMs} ms`)
      await wait(10)
    }
  }
}

const expectClick = `window.isClickAwaited = true
  for (const type of ['click', 'auxclick', 'contextmenu']) {
    addEventListener(type, () => { window.isClickAwaited = false }, { capture: true, once: true })
  }`

/** No longer once it was heard; nor where another page has come by it, or is coming. */
const isClickAwaited = (session: WebDriver): Promise<boolean> =>
  session.executeScript<boolean>('return window.isClickAwaited === true').catch(() => false)

function tabOf(
  session: WebDriver,
  inTab: <Result>(work: () => Promise<Result>) => Promise<Result>,
  click: (point: Point, kind: ClickKind) => Promise<void>,
): Tab {
  return {
    go: (address) => inTab(() => session.get(address)),
    reload: () => inTab(() => session.navigate().refresh()),
    address: () => inTab(() => session.getCurrentUrl()),
    evaluate: (work, given) =>
      inTab(() => session.executeScript(`return (${work})(...arguments)`, ...(given === undefined ? [] : [given]))),
    cookie: (name) =>
      inTab(async () => {
        const found = await session.manage().getCookie(name)
        return found ? { path: found.path ?? '', sameSite: found.sameSite ?? '', expires: Number(found.expiry) } : null
      }),
    clickAt: (point, kind) => inTab(() => click(point, kind)),
    pressEnter: () => inTab(() => session.actions().sendKeys(Key.ENTER).perform()),
    close: () => inTab(() => session.close()),
  }
}

async function startXServer(path: string): Promise<{ xServer: ChildProcess; display: string }> {
  // It looks for a free display by itself, and says on file descriptor 3 which one it took.
  const xServer = spawn(path, ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = await once(xServer.stdio[3] as NodeJS.ReadableStream, 'data', {
    signal: AbortSignal.timeout(startMs),
  })
  return { xServer, display: `:${String(number).trim()}` }
}

/** The driver takes any free port with `--port=0`, and tells nobody which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function untilAnswered(address: string): Promise<void> {
  const end = performance.now() + startMs
  for (;;) {
    try {
      await fetch(address)
      return
    } catch (error) {
      if (performance.now() > end) throw error
      await wait(20)
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}
