import type { Session } from './wire'

/** What is shown after the newest page was read again: of what was shown, the older ones stay. */
export function renewed(shown: Session[], page: Session[], last: boolean): Session[] {
  const oldest = page.at(-1)?.id
  // UUIDv7 sort by time. What is as new as the page and is not in it was deleted.
  const older = last || !oldest ? [] : shown.filter((session) => session.id < oldest)
  return [...page, ...older]
}
