import fc from 'fast-check'

const fail = (): never => {
  throw new Error('a getter of the page')
}

const cycle = (): object => {
  const self: Record<string, unknown> = {}
  self.self = self
  return self
}

/** So that a failure can be printed: fast-check would touch what it prints. */
const named = <Value extends object>(value: Value, name: string): Value =>
  Object.defineProperty(value, fc.toStringMethod, { value: () => name })

/** Throws on every touch, but for those of fast-check. */
const forbidding: object = new Proxy(named({}, 'a forbidding proxy'), {
  get: (target, key) => (typeof key === 'symbol' ? Reflect.get(target, key) : fail()),
  has: (target, key) => (typeof key === 'symbol' ? Reflect.has(target, key) : fail()),
  ownKeys: fail,
})
const throwingGetter = Object.defineProperty({}, 'x', { enumerable: true, get: fail })

/** Values that no page means to pass, and some do. */
const oddities: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  Symbol('x'),
  () => {},
  named(throwingGetter, 'a throwing getter'),
  named({ toString: fail, valueOf: fail, toJSON: fail }, 'throwing conversions'),
  forbidding,
  Object.freeze({ id: 'frozen', role: 'user', content: 'frozen' }),
  new Date(Number.NaN),
  '\ud800',
  '__proto__',
  'constructor',
  ...[Number.NaN, Number.POSITIVE_INFINITY, -0, 1n, 2 ** 53, -1],
  cycle(),
)

/** Whatever JavaScript has: cycles, getters that throw, big integers, dates, symbols, functions, odd keys. */
export const wildValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
    maxDepth: 2,
  }),
  oddities,
)

/** Mostly what it should be, now and then anything. */
export const mostly = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: wildValue, weight: 1 })
