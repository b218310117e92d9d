import './zod-without-eval.ts'
import { type ChatlogGlobal, observeInstance } from './observe-instance.ts'
import { openPanel } from './panel.ts'

const page = globalThis as { chatlog?: ChatlogGlobal }
const observer = observeInstance(() => page.chatlog)
observer.look() // before the page has its body: so that early calls are seen too

const own = document.currentScript as HTMLScriptElement | null
const script = { src: own?.src || 'chatlog-debug.js', findsAtOnce: own?.dataset.find !== undefined }
if (document.body) openPanel(observer, script)
else document.addEventListener('DOMContentLoaded', () => openPanel(observer, script))
