import packageJson from '../../../package.json' with { type: 'json' }
import { problemCodes, problemMediaType } from '../../contract/problem.ts'
import { type Operation, operations } from './operations.ts'
import { componentSchemas, type JsonSchema, schemaReference } from './schemas.ts'

const securities = {
  web: [{ webKey: [] }, { apiKey: [] }],
  api: [{ apiKey: [] }],
  none: [],
}

/**
 * The collector's API as an OpenAPI 3.1 document, made from the schemas that requests are parsed with.
 *
 * @param basePath under which browsers reach the collector; without one, paths begin where the document is
 */
export function openapiDocument(basePath = '') {
  return {
    openapi: '3.1.0',
    info: {
      title: 'chatlog collector',
      version: packageJson.version,
      description:
        'Receives the messages of chat widgets. Errors are problem details; retry 429 and 5xx, after `Retry-After` ' +
        'where it is given.',
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: basePath || '.' }],
    paths: paths(),
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        webKey: { type: 'http', scheme: 'bearer', description: 'Public, stands in pages: writes and never reads.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'Secret: writes, reads and erases.' },
      },
    },
  }
}

export type OpenapiDocument = ReturnType<typeof openapiDocument>

function paths(): Record<string, Record<string, ReturnType<typeof operationObject>>> {
  const byPath: ReturnType<typeof paths> = {}
  for (const operation of operations) {
    byPath[operation.path] = { ...byPath[operation.path], [operation.method]: operationObject(operation) }
  }
  return byPath
}

function operationObject({ id, summary, description, key, parameters, request, answer, problems }: Operation) {
  return {
    operationId: id,
    summary,
    description,
    security: securities[key],
    ...(parameters && { parameters: parameters.map((one) => ({ ...one, required: one.in === 'path' })) }),
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaReference(request.schema), examples: request.examples } },
      },
    }),
    responses: {
      '200': response(
        schemaReference(answer).$ref.split('/').at(-1) ?? '',
        'application/json',
        schemaReference(answer),
      ),
      ...Object.fromEntries(
        problems.map((code) => {
          const { status, title } = problemCodes[code]
          return [String(status), response(title, problemMediaType, schemaReference('Problem'))]
        }),
      ),
    },
  }
}

const response = (description: string, mediaType: string, schema: JsonSchema) => ({
  description,
  content: { [mediaType]: { schema } },
})
