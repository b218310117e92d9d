/** The plotting library, as the live view serves it beside its own files. */
export { default } from 'uplot'
