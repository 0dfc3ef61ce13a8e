import { get, request, signIn, tokens } from './api'
import type { Kept } from './tokens'
import type { User } from './wire'

/** Who is signed in, in all tabs. */
class Account {
  user = $state<User | null>(null)
  /** The printed link is being exchanged. */
  busy = $state(false)
  failure = $state<unknown>(null)
  /** Told of every new access token. */
  onToken: (token: string) => void = () => {}
  #timer: ReturnType<typeof setTimeout> | undefined

  get admin(): boolean {
    return this.user?.role === 'admin'
  }

  async start(): Promise<void> {
    tokens.onChange = (kept) => this.#changed(kept)
    addEventListener('storage', (event) => {
      if (event.key === 'orion.signed-in') this.#changed(tokens.read())
    })
    const token = takeToken()
    this.#changed(tokens.read())
    if (!token) return
    this.busy = true
    try {
      await signIn('sign-in', { token })
    } catch (error) {
      // A spent link is no trouble to somebody who is signed in: a reload must not frighten.
      if (!this.user) this.failure = error
    } finally {
      this.busy = false
    }
  }

  /** Sets the first password, with the email, or another one. Throws a Problem. */
  async setPassword(body: { email?: string; current_password?: string; new_password: string }): Promise<void> {
    await request('/auth/password', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    tokens.rename(await get<User>('/auth/profile'))
  }

  #changed(kept: Kept | null): void {
    clearTimeout(this.#timer)
    if (JSON.stringify(kept?.user) !== JSON.stringify(this.user ?? undefined)) this.user = kept?.user ?? null
    if (!kept) return
    this.failure = null
    this.onToken(kept.access)
    this.#timer = setTimeout(() => this.#renew(kept.access), tokens.dueIn(kept))
  }

  async #renew(spent: string): Promise<void> {
    try {
      await tokens.renew(spent)
    } catch {
      if (tokens.read()) this.#timer = setTimeout(() => this.#renew(spent), 10_000)
    }
  }
}

/** The token of the printed link; it leaves the address bar and the history at once. */
function takeToken(): string | null {
  const url = new URL(location.href)
  const token = url.searchParams.get('token')
  if (token !== null) {
    url.searchParams.delete('token')
    history.replaceState(null, '', url.pathname + url.search + url.hash)
  }
  return token
}

export const account = new Account()
