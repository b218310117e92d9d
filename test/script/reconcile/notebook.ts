import { type Reconciled, reconcile } from '../../../src/script/reconcile/reconcile.ts'

/** A message as a widget shows it. */
export interface Said {
  id?: string | null
  role: 'user' | 'assistant'
  text: string
  /** More is coming. */
  growing?: boolean
  /** Which message it truly is; only the property test knows. */
  truth?: number
}

/** A recorded message. */
export interface Entry {
  ids: string[]
  role: string
  text: string
  growing: boolean
  shown: boolean
  replaces: Entry | null
  truths: number[]
}

/** Does what the reconciler says, and nothing else: the smallest thing that records. */
export class Notebook {
  entries: Entry[] = []
  #written: Entry[] = []
  #last: { said: Said; entry: Entry }[] = []

  show(...said: Said[]): Reconciled[] {
    const known = [...this.entries]
    let isSame = true
    const places = reconcile(
      known,
      said.map(({ id, role, text }, index) => {
        const before = this.#last[index]
        isSame &&= before?.said.id === id && before?.said.text === text && before?.said.role === role
        // As `trackMessages` does: what the list begins with as before, is what it was before.
        return { id: isSame ? before?.entry : id || null, role, texts: [text] }
      }),
      (id) => known.findLastIndex((entry) => entry === id || entry.ids.includes(id as string)),
    )
    for (const entry of known) entry.shown = false
    for (const [index, place] of places.entries()) this.#write(known, said[index] as Said, place)
    this.#last = this.#written.map((entry, index) => ({ said: { ...(said[index] as Said) }, entry }))
    this.#written = []
    return places
  }

  /** The page is loaded anew: nothing is shown, and what was still coming has ended so far. */
  reload(): void {
    this.#last = []
    for (const entry of this.entries) entry.shown = false
  }

  texts(): string[] {
    return this.entries.map(({ text }) => text)
  }

  /** What each replaces, by text. */
  replaced(): Record<string, string> {
    return Object.fromEntries(this.entries.flatMap(({ text, replaces }) => (replaces ? [[text, replaces.text]] : [])))
  }

  #write(known: Entry[], { id, role, text, growing = false, truth }: Said, place: Reconciled): void {
    let entry = known[place.known]
    if (!entry) {
      const replaces = known[place.replaces] ?? null
      entry = { ids: [], role, text, growing, shown: true, replaces, truths: [] }
      const next = known[place.before]
      this.entries.splice(next ? this.entries.indexOf(next) : this.entries.length, 0, entry)
    }
    this.#written.push(entry)
    Object.assign(entry, { text, growing, shown: true })
    // Of two under one id, the first has it.
    if (id && !this.entries.some(({ ids }) => ids.includes(id))) entry.ids.push(id)
    if (truth !== undefined && !entry.truths.includes(truth)) entry.truths.push(truth)
  }
}

export const user = (id: string | null, text: string): Said => ({ id, role: 'user', text })
export const assistant = (id: string | null, text: string, growing = false): Said => ({
  id,
  role: 'assistant',
  text,
  growing,
})
