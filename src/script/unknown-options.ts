/** Options that, misspelt, would record what the visitor or the site didn't allow, or send it to somebody else. */
const grave = ['consent', 'privacy', 'endpoint', 'apiKey']

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '')

/** How alike two names are, 0 to 1: the share of the longer one's pairs of letters that both have. */
function likeness(name: string, other: string): number {
  let shared = 0
  for (let at = 2; at <= name.length; at++) if (other.includes(name.slice(at - 2, at))) shared++
  return shared / (Math.max(name.length, other.length) - 1)
}

/** An option that there isn't. */
export interface UnknownOption {
  name: string
  /**
   * The option that is meant most likely; `undefined` where it is like none, for instance where another tool put it
   * there.
   */
  meant: string | undefined
  /** Whether nothing may be recorded until the name is right. */
  isGrave: boolean
}

/** The given options that a build doesn't have, with what the page probably means by each. */
export function unknownOptions(given: readonly string[], known: readonly string[]): UnknownOption[] {
  return given.flatMap((name) => {
    if (known.includes(name)) return []
    const letters = lettersOf(name)
    // Consent tools put `data-cookieconsent` and its like on tags, to say which of their categories a tag belongs to.
    if (/^cookie(cons|cat|yes|first)/.test(letters)) return [{ name, meant: undefined, isGrave: false }]
    const named =
      grave.find((one) => letters.includes(lettersOf(one))) ?? (/url$|collector/.test(letters) && 'endpoint')
    const [best] = known
      .map((one) => ({ one, score: likeness(letters, lettersOf(one)) }))
      .sort((a, b) => b.score - a.score)
    const meant = named || (best && best.score >= (grave.includes(best.one) ? 0.5 : 0.6) ? best.one : undefined)
    return [{ name, meant, isGrave: meant !== undefined && grave.includes(meant) }]
  })
}
