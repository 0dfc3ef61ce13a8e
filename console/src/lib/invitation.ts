const KEPT = 'orion.invitation'
const TOKEN = /^[\w-]{20,200}$/

/** The token of an invitation, out of what somebody pastes: its link, or the token alone. */
export function tokenOf(pasted: string): string {
  const text = pasted.trim()
  return /[?&]invitation=([\w-]+)/.exec(text)?.[1] ?? text
}

/** The token that the address of the page holds; it leaves the address bar, and is kept in this tab until it is used. */
export function takeInvitation(): string {
  const url = new URL(location.href)
  const token = url.searchParams.get('invitation')
  if (token !== null) {
    url.searchParams.delete('invitation')
    history.replaceState(null, '', url.pathname + url.search + url.hash)
    if (TOKEN.test(token)) sessionStorage.setItem(KEPT, token)
  }
  return sessionStorage.getItem(KEPT) ?? ''
}

export const forgetInvitation = (): void => sessionStorage.removeItem(KEPT)
