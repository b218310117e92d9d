/** Inside the shadow root alone: nothing of the page reaches in, nothing reaches out. */
export const styles = `
:host {
  all: initial;
  position: fixed;
  z-index: 2147483647;
  inset: auto auto 12px 12px;
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #1b1917);
  --ink: light-dark(#231f1b, #ece7e1);
  --soft: light-dark(#5c544d, #b3a99f);
  --line: light-dark(#d9d3c9, #3a3531);
  --accent: light-dark(#9c3f16, #f0a37c);
  --error: light-dark(#a3161c, #ff9a94);
  --well: light-dark(#1d6b34, #86d59c);
  font: 13px/1.45 system-ui, sans-serif;
  color: var(--ink);
}
:host([corner="1"]) { inset: 12px auto auto 12px }
:host([corner="2"]) { inset: 12px 12px auto auto }
:host([corner="3"]) { inset: auto 12px 12px auto }
* { box-sizing: border-box; margin: 0; font: inherit; color: inherit }
[hidden] { display: none !important }
.panel, .opener { background: var(--ground); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 4px 20px #0004 }
.panel { width: min(380px, calc(100vw - 24px)); display: flex; flex-direction: column; max-height: min(560px, calc(100vh - 24px)) }
@media (max-width: 600px) { .panel { max-height: 50vh } }
.opener { padding: 6px 12px; cursor: pointer; font-weight: 600 }
.opener::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 7px; border-radius: 50%; background: var(--well) }
.opener[data-level="error"]::before { background: var(--error) }
.opener[data-level="warning"]::before { background: var(--accent) }
header { display: flex; gap: 6px; align-items: center; padding: 8px 10px; border-bottom: 1px solid var(--line) }
h2 { flex: 1; font-size: 14px; font-weight: 700 }
h3 { margin: 12px 0 4px; font-weight: 700; color: var(--soft) }
header button { padding: 3px 9px; border: 1px solid var(--line); border-radius: 6px; background: none; cursor: pointer }
.body { overflow: auto; padding: 0 12px 12px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px }
dt { color: var(--soft) }
dd, code, li, p { overflow-wrap: anywhere }
code, time { font-family: ui-monospace, monospace; font-size: 12px }
time { color: var(--soft) }
ul, ol { padding: 0; list-style: none }
li { margin: 4px 0 }
.findings li { padding: 6px 8px; border-left: 3px solid var(--soft) }
.findings strong { display: block; font-weight: 600 }
.findings .error { border-color: var(--error) }
.findings .error strong { color: var(--error) }
.findings .warning { border-color: var(--accent) }
.well { color: var(--well) }
article { padding: 6px 0; border-bottom: 1px solid var(--line) }
meter { width: 100%; height: 12px }
textarea { width: 100%; padding: 6px; border: 1px solid var(--line); border-radius: 6px; background: none; font: 12px ui-monospace, monospace; white-space: pre }
.action { margin: 6px 0; padding: 3px 9px; border: 1px solid var(--line); border-radius: 6px; background: none; cursor: pointer }
.said { white-space: pre-wrap; color: var(--soft) }
.outline { position: fixed; z-index: 1; border: 2px solid var(--accent); pointer-events: none }
`
