/** `name=value` behind `?`, `&`, `;` or `#`: the value may name a person or unlock something, the name rarely does. */
const queryValue = /([?&;#][^=&;#?\s]{1,200}=)[^&;#\s]*/g

/** `user:password@` before a host. */
const userInfo = /^([a-z][\w+.-]*:\/\/)[^\s/?#@]*@/i

/** A URL, absolute or not, without the values in its query and fragment and without a password in front of its host. */
export const withoutQueryValues = (url: string): string =>
  url.startsWith('data:') ? url : url.replace(userInfo, '$1').replace(queryValue, '$1')

/**
 * What looks like a URL with a query, fragment or password inside a text: with a scheme, `www.`, a host or a path
 * before it. Bounded, so that a long text without spaces costs no more than its length.
 */
const urlInText =
  /(^|[^\w@])((?:[a-z][a-z\d+.-]{1,20}:\/\/|www\.|(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?(?=[/?])|\.{0,2}\/(?=\w))[^\s<>"'`]{1,4000})/gi

/** The text with every URL in it stripped of its values. */
export const withoutUrlValues = (text: string): string =>
  text.replace(urlInText, (_found, before: string, url: string) => before + withoutQueryValues(url))
