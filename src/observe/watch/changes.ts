import type { MessageReader } from '../read/message-reader.ts'
import { parentOf, type Roots } from '../read/roots.ts'

/** Notes cheaply what has changed in the page since the last look, which reads all of it together. */
export class Changes {
  readonly #touched = new Set<Node>()
  readonly #added = new Set<Node>()
  readonly #user: string
  readonly #reader: MessageReader

  /** @param user selector of a visitor's message */
  constructor(user: string, reader: MessageReader) {
    this.#user = user
    this.#reader = reader
  }

  get any(): boolean {
    return this.#touched.size > 0 || this.#added.size > 0
  }

  /** @returns how many of the visitor's messages have come with these changes */
  note(records: readonly MutationRecord[]): number {
    let questions = 0
    for (const record of records) {
      const { target } = record
      this.#touched.add(target)
      // An answer that grows by text alone makes a record for each word, and reading the list of added nodes costs more
      // than all else here.
      if (record.type !== 'childList' || !(target as Element).firstElementChild) continue
      questions += this.#noteAdded(target, record.addedNodes as NodeListOf<Element>)
    }
    return questions
  }

  #noteAdded(target: Node, nodes: NodeListOf<Element>): number {
    // A widget that replaces the HTML of an answer with each word adds no question in it: the answer is noted as one.
    if (nodes.length > 1 && this.#isInMessage(target)) {
      this.#added.add(target)
      return 0
    }
    let questions = 0
    for (const node of nodes) {
      if (node.nodeType !== 1) continue
      this.#added.add(node)
      if (node.matches(this.#user)) questions++
      else if (node.firstElementChild) questions += node.querySelectorAll(this.#user).length
    }
    return questions
  }

  /**
   * Hands what was noted to the reader, which forgets what it remembers of it, and to the roots, which look for trees
   * in it.
   */
  take(roots: Roots): void {
    for (const node of this.#added) if (node.isConnected) roots.scan(node)
    for (const node of this.#touched) this.#reader.forget(node)
    this.#added.clear()
    this.#touched.clear()
  }

  #isInMessage(node: Node): boolean {
    let around: Node | null = node
    while (around && !this.#reader.remembers(around)) around = parentOf(around)
    return around !== null
  }
}
