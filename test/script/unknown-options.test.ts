import { describe, expect, test } from 'vitest'
import { selectorNames } from '../../src/observe/read/selectors.ts'
import { optionNames } from '../../src/script/options.ts'
import { unknownOptions } from '../../src/script/unknown-options.ts'

const known = [...optionNames, 'preset', ...selectorNames]

describe('an option that there isn’t', () => {
  test.each([
    ['concent', 'consent'],
    ['consnet', 'consent'],
    ['consentMode', 'consent'],
    ['defaultConsent', 'consent'],
    ['Consent', 'consent'],
    ['privacyMode', 'privacy'],
    ['privcy', 'privacy'],
    ['endPoint', 'endpoint'],
    ['endpointUrl', 'endpoint'],
    ['apiEndpoint', 'endpoint'],
    ['serverUrl', 'endpoint'],
    ['collector', 'endpoint'],
    ['apikey', 'apiKey'],
    ['apiKeyWeb', 'apiKey'],
  ])('`%s` is `%s`, and nothing may be recorded until it is right', (name, meant) => {
    expect(unknownOptions([name], known)).toEqual([{ name, meant, isGrave: true }])
  })

  test.each([
    ['idleMinuts', 'idleMinutes'],
    ['maxWait', 'maxWaitMs'],
    ['userid', 'userId'],
    ['userID', 'userId'],
    ['cookie', 'cookies'],
    ['tag', 'tags'],
    ['captureLink', 'captureLinks'],
  ])('`%s` is `%s`', (name, meant) => {
    expect(unknownOptions([name], known)).toEqual([{ name, meant, isGrave: false }])
  })

  test.each(['cfasync', 'cookieconsent', 'cookiecategory', 'turboTrack', 'nscript', 'category', 'usercentrics', 'foo'])(
    '`%s`, which other tools put on script tags, is like none',
    (name) => {
      expect(unknownOptions([name], known)).toEqual([{ name, meant: undefined, isGrave: false }])
    },
  )

  test('is no option that the build has', () => {
    expect(unknownOptions(known, known)).toEqual([])
  })
})
