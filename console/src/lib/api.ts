import { heardAt } from './clock.svelte'
import { Problem } from './problem'
import { reach } from './reach.svelte'
import { Tokens } from './tokens'
import type { SignedIn } from './wire'

const ROOT = '/api/v1'

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    const sent = Date.now()
    const response = await fetch(ROOT + path, init)
    heardAt(response.headers.get('Date'), sent, Date.now())
    if (response.status !== 503) reach.heard(!Problem.ofProxy(response))
    return response
  } catch (error) {
    if (init.signal?.aborted) throw error
    reach.heard(false)
    throw Problem.unreachable()
  }
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

let queue: Promise<unknown> = Promise.resolve()

/** Web Locks span all tabs; an insecure origin has none, and there one tab waits for itself only. */
function alone<T>(task: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request('orion.refresh', task) as Promise<T>
  const next = queue.then(task, task)
  queue = next.catch(() => undefined)
  return next
}

export const tokens = new Tokens({
  storage: localStorage,
  post: (path, body) => send(path, json(body)),
  alone,
  now: () => Date.now(),
})

/** A request as the signed-in user; a refused token is renewed once. Throws a Problem. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await tokens.access()
  let response = await send(path, withToken(init, token))
  if (response.status === 401) response = await send(path, withToken(init, await tokens.renew(token)))
  if (!response.ok) throw await refusal(response)
  return response
}

async function refusal(response: Response): Promise<Problem> {
  const problem = await Problem.of(response)
  if (problem.outage) reach.heard(false)
  return problem
}

function withToken(init: RequestInit, token: string): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('Authorization', `Bearer ${token}`)
  return { ...init, headers }
}

export async function get<T>(path: string): Promise<T> {
  return (await request(path)).json()
}

export async function write<T>(method: 'POST' | 'PATCH' | 'PUT', path: string, body: unknown): Promise<T> {
  return (await request(path, { ...json(body), method })).json()
}

/** Sign in by `/auth/login`, `/auth/register` or `/auth/sign-in`. Throws a Problem. */
export async function signIn(route: 'login' | 'register' | 'sign-in', body: object): Promise<void> {
  const response = await send(`/auth/${route}`, json(body))
  if (!response.ok) throw await refusal(response)
  tokens.keep((await response.json()) as SignedIn)
}

/** End the sign-in here and, if it can be reached, at the server. */
export async function signOut(): Promise<void> {
  const kept = tokens.read()
  tokens.forget()
  if (kept) await send('/auth/logout', json({ refresh_token: kept.refresh })).catch(() => undefined)
}
