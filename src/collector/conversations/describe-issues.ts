import type { z } from 'zod'

/** Most paths that one `detail` names: more than a person reads, and a bound for bodies that a machine breaks. */
const maxPaths = 500

type Issue = z.core.$ZodIssue
type PathMessage = { path: PropertyKey[]; message: string }

/** One line naming every failing path: `messages[0].role: expected one of "system"|"user"; tags: …`. */
export function describeIssues(issues: Issue[]): string {
  const failures = issues.flatMap((issue) => pathMessages(issue, []))
  const lines = failures.slice(0, maxPaths).map(({ path, message }) => `${formatPath(path)}: ${message}`)
  const more = failures.length - lines.length
  return lines.join('; ') + (more > 0 ? `; and ${more} more` : '')
}

/** `messages[0].role`, as the contract writes it; the body itself is `body`. */
export function formatPath(path: PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.length === 0 ? 'body' : steps.join('').replace(/^\./, '')
}

/**
 * The paths of an issue. A union fails as a whole and doesn't say where, so its paths are those of the branch that was
 * meant: the one that got furthest, whose own type fits while something inside doesn't.
 */
function pathMessages(issue: Issue, prefix: PropertyKey[]): PathMessage[] {
  const path = [...prefix, ...issue.path]
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
    return [{ path, message: issue.message.replace(/^Invalid (input|option|discriminator value)[:.] (e|E)/, 'e') }]
  }
  const meant = issue.errors.find((branch) => branch.every(({ path }) => path.length > 0))
  if (meant) return meant.flatMap((inner) => pathMessages(inner, path))
  const wanted = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [first.expected] : []))
  return [{ path, message: `expected ${[...new Set(wanted)].join(' or ')}` }]
}
