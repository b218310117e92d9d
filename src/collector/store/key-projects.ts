import type { Store, StoredKey } from './store.ts'

const settingOf = ({ id }: Pick<StoredKey, 'id'>) => `projects_of_key_${id}`

/** Lets who signs in with a key read further projects too. It goes on sending to its own, and reading that by the API. */
export async function openFurtherProjects(store: Store, key: StoredKey, projectIds: readonly string[]): Promise<void> {
  const further = [...new Set(projectIds)].filter((projectId) => projectId !== key.projectId)
  await store.putSetting(key.projectId, settingOf(key), JSON.stringify(further))
}

/** Projects that who signs in with a key may choose from, its own first. */
export async function projectsOpenedBy(store: Store, key: StoredKey): Promise<string[]> {
  const json = await store.findSetting(key.projectId, settingOf(key))
  return [key.projectId, ...(json === null ? [] : (JSON.parse(json) as string[]))]
}
