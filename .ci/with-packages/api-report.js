// `npm run api`: writes down what the package shows to compilers, one file an entry in `api/`. With --check it only
// compares, and fails on a difference: what users compile against changes because somebody wanted it, or not at all.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

const root = fileURLToPath(new URL('../..', import.meta.url))
const isCheck = process.argv.includes('--check')

/** @type {Record<string, string | { import: { types: string } }>} */
const entries = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports

const configs = Object.entries(entries).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [configOf(name.slice(2) || 'chatlog', join(root, entry.import.types))],
)
const [first] = configs
if (!first || !existsSync(first.mainEntryPointFilePath))
  throw new Error('there are no types: `npm run build` makes them')
mkdirSync(first.reportFolder, { recursive: true })
const compilerState = CompilerState.create(first, {
  additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
})

const changed = configs.filter((config) => {
  const quieten = (/** @type {import('@microsoft/api-extractor').ExtractorMessage} */ message) => {
    if (message.logLevel !== ExtractorLogLevel.Error) message.logLevel = ExtractorLogLevel.None
  }
  return Extractor.invoke(config, { compilerState, localBuild: !isCheck, messageCallback: quieten }).apiReportChanged
})
for (const { reportFilePath } of changed)
  console.log(`api/${basename(reportFilePath)} ${isCheck ? 'differs' : 'is new'}`)
if (isCheck && changed.length > 0) {
  console.log(
    '\nThe public types are not those of api/. If that is meant: npm run build && npm run api, and say it in CHANGELOG.md.',
  )
  process.exitCode = 1
}

/**
 * @param {string} name
 * @param {string} mainEntryPointFilePath
 */
function configOf(name, mainEntryPointFilePath) {
  const compilerOptions = {
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', strict: true, skipLibCheck: true },
    ...{ lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] },
  }
  // What it says of comments and of compiling is for typedoc and tsc to say here.
  const silent = { default: { logLevel: ExtractorLogLevel.None } }
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions } },
      apiReport: {
        enabled: true,
        reportFileName: name.replaceAll('/', '-'),
        reportFolder: join(root, 'api'),
        reportTempFolder: join(root, 'dist/api-report'),
        includeForgottenExports: true,
      },
      messages: {
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
        compilerMessageReporting: silent,
      },
    },
  })
}
