// The Markdown parser, for types and tests. The collector serves the published file under this name: see `assets.ts`.
export { default } from 'markdown-it'
