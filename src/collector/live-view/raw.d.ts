/** A file's text, put into the bundle by Vite, so that the built collector is one file. */
declare module '*?raw' {
  const text: string
  export default text
}
