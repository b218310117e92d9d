import detail from './page/detail.js?raw'
import elements from './page/elements.js?raw'
import format from './page/format.js?raw'
import icon from './page/icon.svg?raw'
import list from './page/list.js?raw'
import style from './page/live-view.css?raw'
import main from './page/main.js?raw'
import messages from './page/messages.js?raw'
import safeLink from './page/safe-link.js?raw'

const script = 'text/javascript; charset=utf-8'

/** The live view's files by the name they are served under in `/live-view/`. */
export const assets: Record<string, { mediaType: string; body: string }> = {
  'detail.js': { mediaType: script, body: detail },
  'elements.js': { mediaType: script, body: elements },
  'format.js': { mediaType: script, body: format },
  'icon.svg': { mediaType: 'image/svg+xml', body: icon },
  'list.js': { mediaType: script, body: list },
  'live-view.css': { mediaType: 'text/css; charset=utf-8', body: style },
  'main.js': { mediaType: script, body: main },
  'messages.js': { mediaType: script, body: messages },
  'safe-link.js': { mediaType: script, body: safeLink },
}
