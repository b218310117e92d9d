import { html } from 'hono/html'
import type { OpenapiDocument } from './document.ts'
import { type Operation, operations } from './operations.ts'
import type { JsonSchema } from './schemas.ts'

const keyNames = { web: 'WEB or API key', api: 'API key', none: 'no key' }

/**
 * The document as a page that a person reads: no script, nothing from elsewhere.
 *
 * @param root of the collector, as the browser finds it; ends in a slash
 */
export function docsPage(document: OpenapiDocument, root: string) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>chatlog collector: its API</title>
    <link rel="stylesheet" href="${root}docs/docs.css">
  </head>
  <body>
    <nav aria-label="Contents">
      <p class="brand">chatlog</p>
      <h2>Requests</h2>
      <ul>
        ${operations.map(({ id, method, path }) => html`<li><a href="#${id}"><b>${method}</b> ${path}</a></li>`)}
      </ul>
      <h2>Schemas</h2>
      <ul>
        ${Object.keys(document.components.schemas).map((name) => html`<li><a href="#${name}">${name}</a></li>`)}
      </ul>
    </nav>
    <main>
      <h1>${document.info.title}</h1>
      <p class="lead">Version ${document.info.version}. ${prose(document.info.description)}
        The same as data: <a href="${root}openapi.json">openapi.json</a>, OpenAPI ${document.openapi}.</p>
      ${operations.map(operationSection)}
      ${Object.entries(document.components.schemas).map(([name, schema]) => schemaSection(name, schema))}
    </main>
  </body>
</html>`
}

function operationSection({ id, method, path, summary, description, key, parameters, request, answer }: Operation) {
  const examples = Object.values(request?.examples ?? {})
  return html`<section id="${id}">
      <h2>${summary}</h2>
      <p class="line"><b>${method}</b> <code>${path}</code> <span>${keyNames[key]}</span></p>
      <p>${prose(description)}</p>
      ${
        parameters
          ? fieldTable(
              summary,
              parameters.map((one) => [one.name, one.schema, one.in === 'path', one.description]),
            )
          : ''
      }
      <p>${request ? html`Takes ${schemaLink(request.schema)}, answers` : 'Answers'} ${schemaLink(answer)}.</p>
      ${examples.map(
        ({ summary: title, value }) => html`<details>
        <summary>${title}</summary>
        <pre tabindex="0" aria-label="${title}">${JSON.stringify(value, null, 2)}</pre>
      </details>`,
      )}
    </section>`
}

function schemaSection(name: string, schema: JsonSchema) {
  const branches = schema.oneOf ?? schema.anyOf ?? [schema]
  return html`<section id="${name}">
      <h2>${name}</h2>
      <p>${prose(schema.description ?? '')}</p>
      ${branches.map(({ properties = {}, required = [] }, index) => {
        const rows = Object.entries(properties)
        const fields = rows.map(
          ([field, type]): Field => [field, type, required.includes(field), type.description ?? ''],
        )
        return fieldTable(branches.length > 1 ? `${name}, form ${index + 1}` : name, fields)
      })}
    </section>`
}

type Field = [name: string, schema: JsonSchema, isRequired: boolean, description: string]

function fieldTable(owner: string, fields: Field[]) {
  const isDescribed = fields.some(([, , , description]) => description !== '')
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Fields of ${owner}"><table>
      <thead><tr><th>name</th><th>type</th>${isDescribed ? html`<th>meaning</th>` : ''}</tr></thead>
      <tbody>
        ${fields.map(
          ([name, schema, isRequired, description]) => html`<tr>
          <td><code>${name}</code>${isRequired ? html` <em>required</em>` : ''}</td>
          <td>${typeOf(schema)}</td>
          ${isDescribed ? html`<td>${prose(description)}</td>` : ''}
        </tr>`,
        )}
      </tbody>
    </table></div>`
}

type Html = ReturnType<typeof html>

function typeOf(schema: JsonSchema): Html {
  if (schema.$ref) return schemaLink(schema.$ref.split('/').at(-1) ?? '')
  const branches = schema.anyOf ?? schema.oneOf
  if (branches) return joined(branches.map(typeOf))
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`))
  if (schema.type === 'array') return html`array of ${schema.items ? typeOf(schema.items) : 'anything'}`
  const names = [schema.type ?? 'anything'].flat().join(' or ')
  return schema.format === undefined ? html`${names}` : html`${names}, ${schema.format}`
}

const joined = (parts: Html[]) => html`${parts.map((part, index) => (index === 0 ? part : html` or ${part}`))}`
const schemaLink = (name: string) => html`<a href="#${name}">${name}</a>`

/** Text in which backticks mark code. */
function prose(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}
