import { resolveOptions } from '../script/options.ts'
import { startTag } from '../script/start-tag.ts'
import { createLazyInit } from './init-lazy.ts'
import { lazyPage } from './lazy-page.ts'
import { coreLoader } from './load-core.ts'

const loader = coreLoader(document.currentScript as HTMLScriptElement | null)

startTag(createLazyInit({ resolve: resolveOptions, page: lazyPage(), loader }))
