import { startTag } from '../script/start-tag.ts'
import { init } from './index.ts'

startTag(init)
