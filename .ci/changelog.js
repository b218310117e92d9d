/**
 * The CHANGELOG of a release: what is under _Unreleased_ gets the version and the date, and a new, empty _Unreleased_
 * stands above it.
 *
 * @param {string} changelog
 * @param {string} version
 * @param {string} date `2026-03-01`
 * @throws Error when nothing is under _Unreleased_, or the version is there already
 */
export function releasedChangelog(changelog, version, date) {
  if (changelog.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has ${version} already`)
  const [before = '', after] = changelog.split('\n## Unreleased\n')
  const [changes = '', ...older] = (after ?? '').split(/\n(?=## )/)
  if (changes.trim() === '') throw new Error('CHANGELOG.md has nothing under "## Unreleased": what does a user see?')
  return [`${before}\n## Unreleased\n`, `## ${version} (${date})\n${changes}`, ...older].join('\n')
}
