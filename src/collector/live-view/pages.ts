import { html } from 'hono/html'
import { defaultProjectId } from '../store/keys.ts'

/** @param root of the collector, as the browser finds it; ends in a slash */
const head = (root: string) => html`<meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>chatlog live view</title>
    <link rel="icon" href="${root}live-view/icon.svg">
    <link rel="stylesheet" href="${root}live-view/live-view.css">`

const brand = (root: string) => html`<img src="${root}live-view/icon.svg" width="24" height="24" alt=""> chatlog`

/** A page with one card, before the live view itself. */
const cardPage = (root: string, content: ReturnType<typeof html>) => html`<!doctype html>
<html lang="en">
  <head>
    ${head(root)}
  </head>
  <body class="sign-in">
    <main>
      <p class="brand">${brand(root)}</p>
      ${content}
    </main>
  </body>
</html>`

/** The page for somebody who isn't signed in. It sends the key in the body of a POST, never in a URL. */
export function signInPage(root: string, complaint: string | null) {
  return cardPage(
    root,
    html`<h1>Sign in to the live view</h1>
      <p>Conversations appear here as the collector stores them. To read them, you need an API key.</p>
      <form method="post" action="${root}sign-in">
        <label for="api-key">API key</label>
        <input id="api-key" name="apiKey" type="password" autocomplete="current-password" spellcheck="false" required
          autofocus ${complaint === null ? '' : html`aria-invalid="true" aria-describedby="complaint"`}>
        ${complaint === null ? '' : html`<p id="complaint" class="complaint" role="alert">${complaint}</p>`}
        <button>Sign in</button>
      </form>
      <details>
        <summary>Where do I get one?</summary>
        <p>On the machine where the collector runs, with its data folder:</p>
        <pre>npx chatlog-collector keys add --type api --role admin --data ./chatlog-data</pre>
        <p>The role <code>admin</code> lets you make further keys here, also for people who only read.</p>
        <p>A collector that you start in a terminal also prints a link that signs you in.</p>
      </details>`,
  )
}

/** The page for who signed in with a key that opens several projects. */
export function projectsPage(root: string, choices: { project: string; ticket: string }[]) {
  return cardPage(
    root,
    html`<h1>Choose a project</h1>
      <p>Your key opens several projects. You can choose another one later.</p>
      <form method="post" action="${root}sign-in">
        ${choices.map(({ project, ticket }) => html`<button name="ticket" value="${ticket}" dir="auto">${project}</button>`)}
      </form>`,
  )
}

/** Who reads: of which project, whether they may choose another, and whether they may see keys and the audit log. */
type Reader = { project: string; hasChoice: boolean; isAdmin: boolean }

/** The live view itself: an empty frame that its script fills. */
export function liveViewPage(root: string, { project, hasChoice, isAdmin }: Reader) {
  return html`<!doctype html>
<html lang="en">
  <head>
    ${head(root)}
    <link rel="stylesheet" href="${root}live-view/administration.css">
    <link rel="stylesheet" href="${root}live-view/filters.css">
    <link rel="stylesheet" href="${root}live-view/statistics.css">
    <link rel="stylesheet" href="${root}live-view/uplot.css">
    <script type="module" src="${root}live-view/main.js"></script>
  </head>
  <body>
    <a class="skip" href="#conversations">Skip to the conversations</a>
    <header class="bar">
      <a class="brand" href="${root}">${brand(root)}</a>
      <h1 class="visually-hidden">chatlog live view</h1>
      <nav aria-label="Views">
        <a id="conversations-tab" data-view="conversations" href="#">Conversations</a>
        <a id="statistics-tab" data-view="statistics" href="#view=statistics">Statistics</a>
        <a data-view="refused" href="#view=refused">Refused</a>
        ${isAdmin ? html`<a data-view="keys" href="#view=keys">Keys</a> <a data-view="audit" href="#view=audit">Audit log</a>` : ''}
      </nav>
      ${projectElement(root, { project, hasChoice })}
      <p class="connection" id="connection" data-state="connecting">connecting</p>
      <form method="post" action="${root}sign-out"><button class="quiet">Sign out</button></form>
    </header>
    ${filterForm(root)}
    <main class="panes" id="panes">
      <section class="list-pane" aria-labelledby="list-heading">
        <div class="list-head">
          <h2 id="list-heading">Conversations</h2>
          <span class="total" id="total"></span>
        </div>
        <ul class="list" id="conversations" tabindex="-1"></ul>
        <button class="quiet older" id="older" hidden>Show older conversations</button>
      </section>
      <section class="detail-pane" id="detail" aria-label="Conversation" tabindex="0"></section>
    </main>
    <main class="statistics" id="statistics" aria-label="Statistics" tabindex="0" hidden></main>
    <main class="administration" id="administration" tabindex="0" hidden></main>
    <main class="visitor-page" id="visitor" aria-label="One person" tabindex="0" hidden></main>
    <p class="visually-hidden" role="status" id="announcement"></p>
  </body>
</html>`
}

/** The project's name, where there is more than one to think of. */
function projectElement(root: string, { project, hasChoice }: Omit<Reader, 'isAdmin'>) {
  if (!hasChoice) return project === defaultProjectId ? '' : html`<p class="project" title="Project">${project}</p>`
  return html`<a class="project" href="${root}sign-in" title="Choose another project">${project}</a>`
}

/** The form that narrows both views. Its values stand in the address's fragment, which browsers never send. */
function filterForm(root: string) {
  return html`<form class="filters" id="filters" role="search" aria-label="Conversations" autocomplete="off">
      <input class="words" name="text" type="search" dir="auto" maxlength="500" placeholder="Search in messages"
        aria-label="Search in messages">
      <details>
        <summary>Filters</summary>
        <div class="fields">
          <label>Visitor <input name="visitor" dir="auto" placeholder="an id"></label>
          <label>Began from <input name="from" type="date"></label>
          <label>Began until <input name="to" type="date"></label>
          <label>Tag <input name="tag" dir="auto" list="tag-suggestions"></label>
          <label>Began on page <input name="page" list="page-suggestions" placeholder="beginning of a URL"></label>
          <label>Clicked link <input name="clicked" list="clicked-suggestions" placeholder="beginning of a URL"></label>
          <label>Feedback
            <select name="feedback">
              <option value="">does not matter</option>
              <option value="negative">negative</option>
              <option value="positive">positive</option>
              <option value="any">some</option>
              <option value="none">none</option>
            </select>
          </label>
          <label>Answers
            <select name="answer">
              <option value="">do not matter</option>
              <option value="bad">a question has no good answer</option>
              <option value="none">the last question has no answer</option>
              <option value="error">an answer failed</option>
              <option value="aborted">an answer was stopped</option>
              <option value="interrupted">an answer was interrupted</option>
            </select>
          </label>
          <label>Links
            <select name="clicks">
              <option value="">do not matter</option>
              <option value="with">at least one was clicked</option>
              <option value="without">none was clicked</option>
            </select>
          </label>
          <label>Messages at least <input name="minMessages" type="number" min="0" max="100000000"></label>
          <label>Messages at most <input name="maxMessages" type="number" min="0" max="100000000"></label>
          <label class="check"><input name="askedAgain" type="checkbox" value="yes"> Something was asked again</label>
          <label class="check"><input name="notFound" type="checkbox" value="yes"> An answer could not find it</label>
          <p class="phrases"><button type="button" class="quiet" id="phrases">Your words for “could not find”…</button></p>
          <p class="zone" id="zone"></p>
        </div>
        <datalist id="tag-suggestions"></datalist>
        <datalist id="page-suggestions"></datalist>
        <datalist id="clicked-suggestions"></datalist>
      </details>
      <ul class="chosen" id="chosen-filters" aria-label="Chosen filters"></ul>
      <p class="export">Export <a id="export-csv" href="${root}live-view/export.csv" download>CSV</a>
        <a id="export-ndjson" href="${root}live-view/export.ndjson" download>NDJSON</a></p>
    </form>`
}
