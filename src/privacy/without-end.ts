/**
 * The text without the signs at its end that the pattern names. A pattern with `+$` looks again from each of them, unless
 * it looks behind itself, which Safari can't before 16.4.
 */
export function withoutEnd(text: string, sign: RegExp): string {
  let end = text.length
  while (end > 0 && sign.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
