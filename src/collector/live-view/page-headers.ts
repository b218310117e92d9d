import { secureHeaders } from 'hono/secure-headers'

const none = ["'none'"]
const self = ["'self'"]

/**
 * Headers of everything the live view serves. Its pages load nothing from elsewhere, run no inline code, turn no text
 * into HTML (Trusted Types) and show in no frame.
 */
export const pageHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: none,
    scriptSrc: self,
    styleSrc: self,
    imgSrc: self,
    connectSrc: self,
    formAction: self,
    baseUri: none,
    frameAncestors: none,
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: none,
  },
  referrerPolicy: 'no-referrer',
  // A page can't say for its whole host that it will have https for good.
  strictTransportSecurity: false,
})
