import fc from 'fast-check'
import type { Said } from './notebook.ts'

/** A message as it truly is, whatever the page calls it. */
export interface Message extends Said {
  truth: number
  /** Where in the chat it stands: versions of one message share it. */
  place: number
  /** Its text at every moment that it was shown. */
  texts: string[]
}

/** What people do to a chat. `at` and `text` say where, and with which words; few, so that they repeat. */
export interface Edit {
  kind:
    | 'ask'
    | 'answer'
    | 'stream'
    | 'grow'
    | 'stop'
    | 'regenerate'
    | 'edit'
    | 'branch'
    | 'delete'
    | 'clear'
    | 'window'
    | 'prepend'
    | 'insert'
    | 'change_ids'
    | 'drop_ids'
    | 'reload'
  at: number
  text: string
}

export const editsArbitrary = fc.array(
  fc.record<Edit>({
    kind: fc.constantFrom<Edit['kind'][]>(
      ...([
        'ask',
        'ask',
        'answer',
        'answer',
        'stream',
        'grow',
        'grow',
        'stop',
        'regenerate',
        'edit',
        'branch',
      ] as const),
      ...(['delete', 'clear', 'window', 'prepend', 'insert', 'change_ids', 'drop_ids', 'reload'] as const),
    ) as fc.Arbitrary<Edit['kind']>,
    at: fc.nat(20),
    text: fc.constantFrom('No.', 'No. Really not.', 'Yes', 'Why?', 'You can', ''),
  }),
  { maxLength: 30, size: 'max' },
)

/** A chat of which everything is known. */
export class Chat {
  list: Message[] = []
  all: Message[] = []
  branches: Message[][] = []
  #places = 0
  #ids = 0
  /** How many of the newest messages the page shows. */
  width = 100
  /** Messages that say the same can be told apart. */
  isCertain: boolean

  /**
   * @param repeats messages say the same words again: only ids can tell those apart for certain
   */
  constructor(
    readonly withIds: boolean,
    readonly repeats: boolean,
  ) {
    this.isCertain = withIds
  }

  visible(): Message[] {
    return this.list.slice(-this.width)
  }

  #message(role: Said['role'], words: string, place = ++this.#places, growing = false): Message {
    const id = this.withIds ? `id${++this.#ids}` : null
    const text = this.repeats ? words : `${words} (${this.all.length})`
    const message = { id, role, text, growing, truth: this.all.length, place, texts: [] }
    this.all.push(message)
    return message
  }

  #add(message: Message): void {
    this.list.push(message)
  }

  /** @returns whether it could be done */
  do({ kind, at, text }: Edit): boolean {
    const { list } = this
    const last = list.at(-1)
    const index = list.length ? at % list.length : 0
    const words = text || 'Well'
    switch (kind) {
      case 'ask':
        this.#add(this.#message('user', words))
        return true
      case 'answer':
      case 'stream':
        if (last?.role !== 'user') return false
        // An indicator of something that comes is no message yet: a stream begins with a word.
        this.#add(this.#message('assistant', kind === 'stream' ? words : text, undefined, kind === 'stream'))
        return true
      case 'grow':
        if (!last?.growing) return false
        last.text += ` ${words}`
        if (this.withIds && at % 4 === 0) last.id = `id${++this.#ids}`
        return true
      case 'stop':
        if (!last?.growing) return false
        last.growing = false
        return true
      case 'regenerate':
        // What says the same under another id is the same: no rule could tell.
        if (last?.role !== 'assistant' || last.growing || last.text === text) return false
        this.branches.push([...list])
        this.list = [...list.slice(0, -1), this.#message('assistant', text, last.place)]
        return true
      case 'edit': {
        const edited = list[index]
        // Nobody edits what isn't shown.
        if (edited?.role !== 'user' || !this.visible().includes(edited) || edited.text === words || last?.growing)
          return false
        this.branches.push([...list])
        this.list = [...list.slice(0, index), this.#message('user', words, edited.place)]
        return true
      }
      case 'branch': {
        const other = this.branches[at % (this.branches.length || 1)]
        if (!other || last?.growing || !this.withIds) return false
        this.branches.push([...list])
        this.list = [...other]
        return true
      }
      default:
        return this.#rearrange(kind, index, at, words)
    }
  }

  #rearrange(kind: Edit['kind'], index: number, at: number, words: string): boolean {
    const { list } = this
    if (list.at(-1)?.growing) return false
    switch (kind) {
      case 'delete':
        // Without ids, what is scrolled in by it may say the same as what stays: nothing could tell them apart.
        if (!this.isCertain && this.width < 100) return false
        this.list = list.toSpliced(index, 2)
        return list.length > 0
      case 'clear':
        this.list = []
        return list.length > 0
      case 'window':
        // A list that shows a part still shows what it is to be recognised by.
        this.width = 3 + (at % 4)
        return true
      case 'prepend': {
        if (!list.length || this.width < 100) return false
        this.list = [this.#message('user', words), this.#message('assistant', `Of old: ${words}`), ...list]
        return true
      }
      case 'insert':
        // At the top of a part, where another is scrolled out by it, it is another version of that one for all one can see.
        if (!list.length || (list.length >= this.width && index <= list.length - this.width + 1)) return false
        this.list = list.toSpliced(index, 0, this.#message('assistant', `By the way ${words}`))
        return true
      case 'change_ids':
        if (!this.withIds) return false
        for (const message of this.visible()) message.id = `id${++this.#ids}`
        return list.length > 0
      case 'drop_ids':
        if (!this.withIds || this.repeats) return false
        this.isCertain = false
        for (const message of this.visible()) message.id = null
        return list.length > 0
      default:
        return kind === 'reload'
    }
  }
}
