// The second half of `npm run size`: the README states the size that the build has just made, and what was measured, or a
// test fails.
import { stateFacts } from './readme-facts.js'

stateFacts()
