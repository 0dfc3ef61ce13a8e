import { describe, expect, test } from 'vitest'
import { Tokens } from '../src/lib/tokens'
import type { SignedIn } from '../src/lib/wire'

const user = { id: 'u', email: 'ada@example.org', name: 'Ada', role: 'user' as const }
const signedIn = (n: number): SignedIn => ({ user, access_token: `a${n}`, refresh_token: `r${n}`, expires_in: 900 })

/** Tabs of one browser: they share storage, the lock and the clock, and speak to one server. */
class Browser {
  now = 0
  refreshed: string[] = []
  status = 200
  readonly #kept = new Map<string, string>()
  #lock: Promise<unknown> = Promise.resolve()

  tab(): Tokens {
    return new Tokens({
      storage: {
        getItem: (key) => this.#kept.get(key) ?? null,
        setItem: (key, value) => void this.#kept.set(key, value),
        removeItem: (key) => void this.#kept.delete(key),
      },
      post: async (_path, body) => {
        this.refreshed.push((body as { refresh_token: string }).refresh_token)
        return Response.json(signedIn(this.refreshed.length + 1), { status: this.status })
      },
      alone: (task) => {
        const next = this.#lock.then(task, task)
        this.#lock = next.catch(() => undefined)
        return next
      },
      now: () => this.now,
    })
  }
}

describe('tokens', () => {
  test('a fresh token is used as it is', async () => {
    const browser = new Browser()
    const tab = browser.tab()
    tab.keep(signedIn(1))
    expect(await tab.access()).toBe('a1')
    expect(browser.refreshed).toEqual([])
  })

  test('of many tabs with an old token one refreshes, and all get the new one', async () => {
    const browser = new Browser()
    const tabs = [browser.tab(), browser.tab(), browser.tab()]
    tabs[0]!.keep(signedIn(1))
    browser.now = 899_000
    expect(await Promise.all(tabs.map((tab) => tab.access()))).toEqual(['a2', 'a2', 'a2'])
    expect(browser.refreshed).toEqual(['r1'])
  })

  test('a token that the server refused is renewed once, whoever asks', async () => {
    const browser = new Browser()
    const tabs = [browser.tab(), browser.tab()]
    tabs[0]!.keep(signedIn(1))
    expect(await Promise.all(tabs.map((tab) => tab.renew('a1')))).toEqual(['a2', 'a2'])
    expect(browser.refreshed).toEqual(['r1'])
  })

  test('a spent refresh token signs out', async () => {
    const browser = new Browser()
    const tab = browser.tab()
    tab.keep(signedIn(1))
    browser.status = 401
    await expect(tab.renew('a1')).rejects.toMatchObject({ status: 401 })
    expect(tab.read()).toBeNull()
  })

  test('a server in trouble does not sign out', async () => {
    const browser = new Browser()
    const tab = browser.tab()
    tab.keep(signedIn(1))
    browser.status = 503
    await expect(tab.renew('a1')).rejects.toMatchObject({ status: 503 })
    expect(tab.read()?.refresh).toBe('r1')
  })

  test('the renewal is due before the end, however short the life', () => {
    const tab = new Browser().tab()
    expect(tab.dueIn(tab.keep(signedIn(1)))).toBe(840_000)
    expect(tab.dueIn(tab.keep({ ...signedIn(1), expires_in: 60 }))).toBe(30_000)
  })
})
