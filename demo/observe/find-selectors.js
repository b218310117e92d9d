/** @typedef {{ observe: string, user: string, assistant: string }} Selectors */

/** @param {Element} element @returns {Element[]} from the element outwards */
const upwards = (element) => (element.parentElement ? [element, ...upwards(element.parentElement)] : [element])

/** Simple selectors that the element matches, the plainest first. @param {Element} element */
const namesOf = (element) => [
  ...Array.from(element.classList, (name) => `.${CSS.escape(name)}`),
  ...Array.from(element.attributes)
    .filter(({ name }) => name.startsWith('data-') || name === 'role')
    .map(({ name, value }) => `[${name}=${JSON.stringify(value)}]`),
]

/**
 * Selectors that tell the visitor's messages from the answers.
 *
 * @param {Element} user an element in a message of the visitor's
 * @param {Element} assistant an element in an answer
 * @returns {Selectors | null} `null` where nothing tells them apart
 */
export function findSelectors(user, assistant) {
  const around = upwards(user).find((element) => element.contains(assistant))
  if (!around || around === user || around === assistant) return null
  const below = (/** @type {Element} */ element) => upwards(element).slice(0, upwards(element).indexOf(around))
  const [users, assistants] = [below(user), below(assistant)]
  const only = (/** @type {Element[]} */ own, /** @type {Element[]} */ others) =>
    own
      .toReversed()
      .flatMap(namesOf)
      .find((name) => !others.some((element) => element.matches(name)))
  const [ofUser, ofAssistant] = [only(users, assistants), only(assistants, users)]
  if (!ofUser || !ofAssistant) return null
  return { observe: selectorOf(around), user: ofUser, assistant: ofAssistant }
}

/** The element, or the nearest around it that has a name; behind the id of what it stands in. @param {Element} element */
function selectorOf(element) {
  const around = upwards(element)
  const named = around.find((one) => one.id || namesOf(one).length) ?? element
  if (named.id) return `#${CSS.escape(named.id)}`
  const own = namesOf(named)[0] ?? named.localName
  const holder = around.find(({ id }) => id)
  return holder ? `#${CSS.escape(holder.id)} ${own}` : own
}

/** Elements that hold text of their own, no control among them. @param {ParentNode} root */
export const textElements = (root) =>
  [...root.querySelectorAll('*')].filter(
    (element) =>
      !element.closest('button,input,textarea,select,script,style,template,svg') &&
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
  )
