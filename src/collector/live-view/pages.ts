import { html } from 'hono/html'

const head = html`<meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>chatlog live view</title>
    <link rel="icon" href="/live-view/icon.svg">
    <link rel="stylesheet" href="/live-view/live-view.css">`

const brand = html`<img src="/live-view/icon.svg" width="24" height="24" alt=""> chatlog`

/** The page for somebody who isn't signed in. It sends the key in the body of a POST, never in a URL. */
export function signInPage(complaint: string | null) {
  return html`<!doctype html>
<html lang="en">
  <head>
    ${head}
  </head>
  <body class="sign-in">
    <main>
      <p class="brand">${brand}</p>
      <h1>Sign in to the live view</h1>
      <p>Conversations appear here as the collector stores them. To read them, you need an API key.</p>
      <form method="post" action="/sign-in">
        <label for="api-key">API key</label>
        <input id="api-key" name="apiKey" type="password" autocomplete="current-password" spellcheck="false" required
          autofocus ${complaint === null ? '' : html`aria-invalid="true" aria-describedby="complaint"`}>
        ${complaint === null ? '' : html`<p id="complaint" class="complaint" role="alert">${complaint}</p>`}
        <button>Sign in</button>
      </form>
      <details>
        <summary>Where do I get one?</summary>
        <p>On the machine where the collector runs, with its data folder:</p>
        <pre>npx chatlog-collector keys add --type api --data ./chatlog-data</pre>
        <p>A collector that you start in a terminal also prints a link that signs you in.</p>
      </details>
    </main>
  </body>
</html>`
}

/** The live view itself: an empty frame that its script fills. */
export function liveViewPage() {
  return html`<!doctype html>
<html lang="en">
  <head>
    ${head}
    <link rel="stylesheet" href="/live-view/filters.css">
    <link rel="stylesheet" href="/live-view/statistics.css">
    <link rel="stylesheet" href="/live-view/uplot.css">
    <script type="module" src="/live-view/main.js"></script>
  </head>
  <body>
    <a class="skip" href="#conversations">Skip to the conversations</a>
    <header class="bar">
      <a class="brand" href="/">${brand}</a>
      <h1 class="visually-hidden">chatlog live view</h1>
      <nav aria-label="Views">
        <a id="conversations-tab" href="#">Conversations</a>
        <a id="statistics-tab" href="#view=statistics">Statistics</a>
      </nav>
      <p class="connection" id="connection" data-state="connecting">connecting</p>
      <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
    </header>
    ${filterForm()}
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
    <p class="visually-hidden" role="status" id="announcement"></p>
  </body>
</html>`
}

/** The form that narrows both views. Its values stand in the address's fragment, which browsers never send. */
function filterForm() {
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
              <option value="">any</option>
              <option value="negative">negative</option>
              <option value="positive">positive</option>
            </select>
          </label>
          <label>Answers
            <select name="answer">
              <option value="">any</option>
              <option value="none">last question has no answer</option>
              <option value="error">one failed</option>
              <option value="aborted">one was stopped</option>
              <option value="interrupted">one was interrupted</option>
            </select>
          </label>
          <label>Links
            <select name="clicks">
              <option value="">any</option>
              <option value="with">clicked</option>
            </select>
          </label>
          <p class="zone" id="zone"></p>
        </div>
        <datalist id="tag-suggestions"></datalist>
        <datalist id="page-suggestions"></datalist>
        <datalist id="clicked-suggestions"></datalist>
      </details>
      <ul class="chosen" id="chosen-filters" aria-label="Chosen filters"></ul>
      <p class="export">Export <a id="export-csv" href="/live-view/export.csv" download>CSV</a>
        <a id="export-ndjson" href="/live-view/export.ndjson" download>NDJSON</a></p>
    </form>`
}
