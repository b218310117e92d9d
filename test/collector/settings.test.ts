import { expect, test } from 'vitest'
import { serveSettings, storePlace } from '../../src/collector/command-line/settings.ts'

const none = Object.create(null)

test('without flags and environment there is a default for everything', () => {
  expect(serveSettings(none, {})).toEqual({
    port: 8787,
    host: '127.0.0.1',
    place: { databaseUrl: undefined, data: './chatlog-data' },
    requestsPerMinute: undefined,
    retention: undefined,
    readDatabaseUrl: undefined,
    logLevel: 'info',
    metricsToken: undefined,
  })
})

test('the environment sets everything, and a flag goes before it', () => {
  const environment = {
    CHATLOG_PORT: '1',
    CHATLOG_HOST: '0.0.0.0',
    DATABASE_URL: 'postgres://db.example/chatlog',
    CHATLOG_DATA: '/data',
    CHATLOG_RATE_LIMIT: '10',
    CHATLOG_RETENTION_DAYS: '30,shop=7, legal=none',
    CHATLOG_READ_DATABASE_URL: 'postgres://replica.example/chatlog',
    CHATLOG_ERASE_DISCARDED: 'yes',
    CHATLOG_BASE_PATH: 'tools/chatlog/',
    CHATLOG_LOG_LEVEL: 'warn',
    CHATLOG_METRICS_TOKEN: 'numbers',
  }

  expect(serveSettings({ ...none, port: '2' }, environment)).toEqual({
    port: 2,
    host: '0.0.0.0',
    place: { databaseUrl: 'postgres://db.example/chatlog', data: '/data' },
    requestsPerMinute: 10,
    retention: { days: 30, projectDays: { shop: 7, legal: null } },
    readDatabaseUrl: 'postgres://replica.example/chatlog',
    eraseDiscarded: true,
    basePath: '/tools/chatlog',
    logLevel: 'warn',
    metricsToken: 'numbers',
  })
})

test('a directory that is typed goes before a database of the environment', () => {
  expect(storePlace({ ...none, data: '/typed' }, { DATABASE_URL: 'postgres://db.example/chatlog' })).toEqual({
    databaseUrl: undefined,
    data: '/typed',
  })
})

test.each([
  [{}, { CHATLOG_PORT: '70000' }, 'CHATLOG_PORT must be a whole number from 0 to 65535, got "70000"'],
  [{ port: '1e3' }, {}, '--port must be a whole number'],
  [{ 'retention-days': '30,shop=soon' }, {}, '--retention-days must be a whole number from 1 to 36500, got "soon"'],
  [{ 'base-path': 'https://docs.example.com/chatlog' }, {}, '--base-path must be a path like /chatlog'],
  [{}, { CHATLOG_BASE_PATH: '/a/../b' }, 'CHATLOG_BASE_PATH must be a path like /chatlog'],
  [{ 'base-path': '/a?b' }, {}, '--base-path must be a path like /chatlog'],
  [{ 'base-path': '/docs/' }, {}, '--base-path must not be a path that the collector has itself, got "/docs/"'],
  [{ 'log-level': 'loud' }, {}, '--log-level must be one of info, warn, error, silent, got "loud"'],
  [{ data: '/a', 'database-url': 'postgres://b' }, {}, '--data and --database-url: choose one'],
])('%j and %j: says what is wrong', (values, environment, message) => {
  expect(() => serveSettings({ ...none, ...values }, environment)).toThrow(message)
})

test('a variable that is set to nothing is not set', () => {
  expect(serveSettings(none, { CHATLOG_PORT: '', DATABASE_URL: '' })).toMatchObject({
    port: 8787,
    place: { databaseUrl: undefined },
  })
})
