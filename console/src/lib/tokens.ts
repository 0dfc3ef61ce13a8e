import { Problem } from './problem'
import type { SignedIn, User } from './wire'

export interface Kept {
  user: User
  access: string
  refresh: string
  /** Milliseconds since 1970 at which the access token ends. */
  expires: number
}

/** What `Tokens` needs of its surroundings; tests hand in their own. */
export interface Surroundings {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  post: (path: string, body: unknown) => Promise<Response>
  /** Runs `task` while no other tab runs one. */
  alone: <T>(task: () => Promise<T>) => Promise<T>
  now: () => number
}

const KEY = 'orion.signed-in'
const EARLY_MS = 60_000
const STALE_MS = 5_000

/**
 * The sign-in that all tabs share. A refresh token is spent by its use, and a spent one that comes
 * again signs everybody out: so only one tab at a time refreshes, and the others take what it got.
 */
export class Tokens {
  onChange: (kept: Kept | null) => void = () => {}

  constructor(private readonly around: Surroundings) {}

  read(): Kept | null {
    try {
      const kept = JSON.parse(this.around.storage.getItem(KEY) ?? 'null')
      return typeof kept?.access === 'string' && typeof kept?.refresh === 'string' ? kept : null
    } catch {
      return null
    }
  }

  keep(signedIn: SignedIn): Kept {
    const kept = {
      user: signedIn.user,
      access: signedIn.access_token,
      refresh: signedIn.refresh_token,
      expires: this.around.now() + signedIn.expires_in * 1000,
    }
    this.around.storage.setItem(KEY, JSON.stringify(kept))
    this.onChange(kept)
    return kept
  }

  /** The account has changed; the sign-in goes on. */
  rename(user: User): void {
    const kept = this.read()
    if (!kept || kept.user.id !== user.id) return
    this.around.storage.setItem(KEY, JSON.stringify({ ...kept, user }))
    this.onChange({ ...kept, user })
  }

  forget(): void {
    this.around.storage.removeItem(KEY)
    this.onChange(null)
  }

  /** An access token that is still good for a while. Throws a Problem with status 401 if there is none. */
  async access(): Promise<string> {
    const kept = this.read()
    if (kept && !this.stale(kept)) return kept.access
    return this.renew(kept?.access ?? '')
  }

  /** A token other than `spent`: another tab's, or a new one from the server. */
  async renew(spent: string): Promise<string> {
    return this.around.alone(async () => {
      const kept = this.read()
      if (!kept) throw signedOut()
      if (kept.access !== spent && !this.stale(kept)) {
        this.onChange(kept)
        return kept.access
      }
      const response = await this.around.post('/auth/refresh', { refresh_token: kept.refresh })
      if (response.ok) return this.keep(await response.json()).access
      if (response.status !== 401) throw await Problem.of(response)
      this.forget()
      throw signedOut()
    })
  }

  private stale(kept: Kept): boolean {
    return kept.expires - this.around.now() < STALE_MS
  }

  /** Milliseconds until the token should be renewed in the background. */
  dueIn(kept: Kept): number {
    const left = kept.expires - this.around.now()
    return Math.max(1000, left > 2 * EARLY_MS ? left - EARLY_MS : left / 2)
  }
}

function signedOut(): Problem {
  return new Problem(401, 'unauthenticated', 'You are signed out.', 'Your sign-in has ended. Sign in again.')
}
