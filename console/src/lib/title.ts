export interface Shown {
  /** What the conversation is called; empty on the start page. */
  name: string
  /** This page is in its call. */
  live: boolean
  muted: boolean
}

/** The title of the tab: which conversation it shows, and whether one is heard in it. */
export function tabTitle({ name, live, muted }: Shown): string {
  if (!name) return 'ORION'
  return live ? `● ${muted ? 'Muted call' : 'Live call'}: ${name} · ORION` : `${name} · ORION`
}
