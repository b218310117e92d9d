/** `npm run test:model` takes its time. */
export const isLongForm = process.env.npm_lifecycle_event === 'test:model'
