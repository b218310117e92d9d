import { init } from './index.ts'
import { startTag } from './start-tag.ts'

startTag(init)
