// What a site's owner tells Inkeep's widget: where it asks, and where it stores.

const place = /** @type {HTMLElement} */ (document.querySelector('#inkeep'))
const { apiKey, endpoint = '' } = place.dataset

/** @type {any} */
const { Inkeep } = window
Inkeep.EmbeddedChat('#inkeep', {
  baseSettings: {
    apiKey,
    analyticsApiBaseUrl: new URL(endpoint).origin,
    aiApiBaseUrl: `${location.origin}/widgets/answers/inkeep`,
    // The model is this demo's own.
    shouldBypassCaptcha: true,
    primaryBrandColor: '#9c3f16',
    // Its links in a sentence differ from the words around by their colour alone.
    theme: { styles: [{ key: 'links', type: 'style', value: '.ikp-markdown-link { text-decoration: underline; }' }] },
  },
})
