import markdownItScript from 'markdown-it/browser?raw'
import uplotScript from 'uplot/dist/uPlot.iife.min.js?raw'
import uplotStyle from 'uplot/dist/uPlot.min.css?raw'
import themeStyle from '../theme.css?raw'
import address from './page/address.js?raw'
import administrationStyle from './page/administration.css?raw'
import administration from './page/administration.js?raw'
import auditLog from './page/audit-log.js?raw'
import conversationStyle from './page/conversation.css?raw'
import detail from './page/detail.js?raw'
import elements from './page/elements.js?raw'
import erased from './page/erased.js?raw'
import eraseStyle from './page/erasing.css?raw'
import erasing from './page/erasing.js?raw'
import filterStyle from './page/filters.css?raw'
import filters from './page/filters.js?raw'
import format from './page/format.js?raw'
import icon from './page/icon.svg?raw'
import keys from './page/keys.js?raw'
import list from './page/list.js?raw'
import pageStyle from './page/live-view.css?raw'
import main from './page/main.js?raw'
import markdownStyle from './page/markdown.css?raw'
import markdown from './page/markdown.js?raw'
import marks from './page/marks.js?raw'
import messageLists from './page/message-lists.js?raw'
import messages from './page/messages.js?raw'
import narrowStyle from './page/narrow.css?raw'
import panesStyle from './page/panes.css?raw'
import phrases from './page/phrases.js?raw'
import plots from './page/plots.js?raw'
import reactions from './page/reactions.js?raw'
import reading from './page/reading.js?raw'
import refused from './page/refused.js?raw'
import safeLink from './page/safe-link.js?raw'
import session from './page/session.js?raw'
import setupStyle from './page/setup.css?raw'
import setup from './page/setup.js?raw'
import signInStyle from './page/sign-in.css?raw'
import statisticsStyle from './page/statistics.css?raw'
import statistics from './page/statistics.js?raw'
import tag from './page/tag.js?raw'
import visitorStyle from './page/visitor.css?raw'
import visitor from './page/visitor.js?raw'
import zone from './page/zone.js?raw'

const script = (body: string) => ({ mediaType: 'text/javascript; charset=utf-8', body })
const stylesheet = (body: string) => ({ mediaType: 'text/css; charset=utf-8', body })

/** The live view's files by the name they are served under in `/live-view/`. */
export const assets: Record<string, { mediaType: string; body: string }> = {
  'address.js': script(address),
  'administration.css': stylesheet(administrationStyle),
  'administration.js': script(administration),
  'audit-log.js': script(auditLog),
  'detail.js': script(detail),
  'elements.js': script(elements),
  'erased.js': script(erased),
  'erasing.js': script(erasing),
  'filters.css': stylesheet(filterStyle),
  'filters.js': script(filters),
  'format.js': script(format),
  'icon.svg': { mediaType: 'image/svg+xml', body: icon },
  'keys.js': script(keys),
  'list.js': script(list),
  'live-view.css': stylesheet(
    [
      themeStyle,
      pageStyle,
      panesStyle,
      conversationStyle,
      markdownStyle,
      setupStyle,
      visitorStyle,
      eraseStyle,
      signInStyle,
      narrowStyle,
    ].join('\n'),
  ),
  'main.js': script(main),
  'markdown-it.js': script(markdownItScript.replace(/\n\/\/# sourceMappingURL=.*/, '')),
  'markdown.js': script(markdown),
  'marks.js': script(marks),
  'message-lists.js': script(messageLists),
  'messages.js': script(messages),
  'phrases.js': script(phrases),
  'plots.js': script(plots),
  'reactions.js': script(reactions),
  'reading.js': script(reading),
  'refused.js': script(refused),
  'safe-link.js': script(safeLink),
  'session.js': script(session),
  'setup.js': script(setup),
  'statistics.css': stylesheet(statisticsStyle),
  'statistics.js': script(statistics),
  'tag.js': script(tag),
  'visitor.js': script(visitor),
  'zone.js': script(zone),
  'uplot.css': stylesheet(uplotStyle),
  // The published script makes a global. As a module, only files that import it see it.
  'uplot.js': script(`${uplotScript}\nexport default uPlot\n`),
}
