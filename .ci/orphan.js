/**
 * Calls back once when the process that started this one is gone. `kill` of an `npm` command ends npm and its shell, and
 * neither passes the signal on: without this, what npm started would live on unseen. (Ctrl-C in a terminal reaches
 * every process by itself.)
 *
 * @param {() => void} callback
 * @returns {() => void} stops the watch; it never keeps the process alive by itself
 */
export function onOrphaned(callback) {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    callback()
  }, 250)
  watch.unref()
  return () => clearInterval(watch)
}
