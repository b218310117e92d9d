/** What the tests use of jsdom, which comes without types. */
declare module 'jsdom' {
  export class VirtualConsole {
    on(event: 'jsdomError', listener: (error: Error) => void): this
  }

  export class JSDOM {
    constructor(
      html: string,
      options: { url: string; virtualConsole: VirtualConsole; pretendToBeVisual: boolean; runScripts?: 'outside-only' },
    )
    window: globalThis.Window & typeof globalThis & { eval(code: string): unknown }
  }
}
