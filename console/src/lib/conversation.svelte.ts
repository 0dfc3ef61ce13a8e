import { get, request, write } from './api'
import { serverTime } from './clock.svelte'
import { later } from './cost'
import { Lines } from './lines.svelte'
import { Problem } from './problem'
import { outcome, settle, withWaiting, type Question } from './questions'
import { follow, type Message } from './sse'
import { total } from './stages'
import { apply, empty, isLive, planOf, USER, withoutUser, withPlans, withSession, withTurns, type Transcript } from './transcript'
import type { Page, Plan, Reply, ServerEvent, Session, Turn, WaitingCall } from './wire'

const LOG_LENGTH = 500
const MOST_PLANS = 100
const TRIES = 5

/** The session on the page: its transcript, kept up to date by the event stream. */
export class Conversation {
  transcript = $state.raw<Transcript>(empty())
  /** Newest last; partial transcripts are left out. */
  log = $state.raw<ServerEvent[]>([])
  loading = $state(false)
  /** The event stream is connected. */
  following = $state(false)
  /** What was typed and is not in the transcript yet. */
  readonly lines = new Lines()
  failure = $state<unknown>(null)
  /** Told that something the user said was taken. */
  onHeard: () => void = () => {}
  /** The longest that an answer of it took, ms: what the others are measured by. */
  readonly slowest = $derived(
    Math.max(0, ...this.transcript.items.map((item) => (item.kind === 'turn' ? (total(item.latency) ?? 0) : 0))),
  )
  #stop = new AbortController()
  /** How many events of plans were taken. */
  #planNews = 0

  get session(): Session | null {
    return this.transcript.session
  }

  get ended(): boolean {
    return this.session?.status === 'ended'
  }

  /** Somebody is in the call, here or elsewhere. */
  get live(): boolean {
    return isLive(this.transcript)
  }

  /** The user is in the call, here or elsewhere. */
  get joined(): boolean {
    return this.transcript.present.includes(USER)
  }

  /** A typed message waits for its answer. */
  get sending(): boolean {
    return this.lines.underWay > 0
  }

  close(): void {
    this.lines.clear()
    this.#leave()
  }

  #leave(): void {
    this.#stop.abort()
    this.transcript = empty()
    this.log = []
    this.failure = null
    this.loading = this.following = false
  }

  /** Shows a session and follows it; the lines that were typed for it stay. */
  show(session: Session): void {
    this.#leave()
    this.transcript = empty(session)
    this.loading = true
    this.#stop = new AbortController()
    const signal = this.#stop.signal
    const path = `/sessions/${session.id}`
    void follow(
      {
        open: (lastId, either) => request(`${path}/events`, { headers: streamHeaders(lastId), signal: either }),
        message: (message) => !signal.aborted && this.#take(message),
        up: () => {
          this.following = true
          void this.#load(path, signal)
        },
        down: () => {
          if (!signal.aborted) this.following = false
        },
      },
      signal,
    ).then(() => {
      if (!signal.aborted) void this.#load(path, signal)
    })
  }

  /** Says something by text; the answer comes as events, and as the reply where they are late. */
  async say(text: string): Promise<void> {
    const id = this.session?.id
    if (!id) return
    this.failure = null
    await write<Reply>('POST', `/sessions/${id}/messages`, { text })
    if (this.session?.id === id && !this.following) await this.#load(`/sessions/${id}`, this.#stop.signal)
  }

  /** Nobody listens here any more: what the agent does from here on is not this page's state. */
  quiet(): void {
    this.transcript = { ...this.transcript, state: null }
  }

  /** The user has left the call by this page. */
  leave(): void {
    this.transcript = withoutUser(this.transcript)
  }

  async end(): Promise<void> {
    const id = this.session?.id
    if (!id) return
    const session = await write<Session>('PATCH', `/sessions/${id}/status`, { status: 'ended' })
    if (this.session?.id === id) this.transcript = { ...withSession(this.transcript, session), state: null }
  }

  /** Let a draft run. */
  async run(plan: Plan): Promise<void> {
    await this.#ofPlan((root) => write<Plan>('POST', `${root}/execute`, { plan_id: plan.id }))
  }

  async cancel(plan: Plan): Promise<void> {
    await this.#ofPlan((root) => write<Plan>('POST', `${root}/plans/${plan.id}/cancel`, {}))
  }

  /** Say yes or no to exactly what is shown. */
  async answer(question: Question, approve: boolean): Promise<void> {
    const id = this.session?.id
    const { key, plan, index, digest } = question
    const before = this.transcript.ways
    this.transcript = { ...this.transcript, ways: { ...before, [key]: 'page' } }
    try {
      if (plan) await this.#ofPlan((root) => write<Plan>('POST', `${root}/plans/${plan.id}/steps/${index}/${approve ? 'approve' : 'reject'}`, digest ? { digest } : {}))
      else await write<unknown>('POST', `/sessions/${id}/approvals/${encodeURIComponent(key)}`, { approve, digest })
      if (this.session?.id === id) this.#settle(question, approve)
    } catch (error) {
      if (this.session?.id === id) this.transcript = { ...this.transcript, ways: before }
      throw error
    } finally {
      // Whatever the answer was: what is still asked is what the server says.
      if (!plan && this.session?.id === id) void this.#loadWaiting(this.#stop.signal)
    }
  }

  #settle({ key, tool }: Question, approved: boolean): void {
    const at = new Date(serverTime()).toISOString()
    this.transcript = settle(this.transcript, { key, tool, words: outcome(approved, 'page'), approved, at })
  }

  /** A change of a plan; the events tell of it, and where they are late or missing, its plans are loaded again. */
  async #ofPlan(change: (root: string) => Promise<Plan>): Promise<void> {
    const id = this.session?.id
    const news = this.#planNews
    const signal = this.#stop.signal
    try {
      const plan = await change(`/agent/sessions/${id}`)
      if (!signal.aborted && news === this.#planNews) this.transcript = withPlans(this.transcript, [plan])
    } catch (error) {
      if (!signal.aborted) void this.#loadPlans(signal)
      throw error
    }
  }

  #take(message: Message): void {
    const event = parse(message)
    if (!event) return
    if (event.name.startsWith('plan.')) this.#planNews += 1
    if (event.name === 'plan.step' && !planOf(this.transcript, String(event.body.plan_id))) void this.#loadPlans(this.#stop.signal)
    this.#heard(event)
    if (event.name === 'tool.approval' && event.body.state === 'asked') void this.#loadWaiting(this.#stop.signal)
  }

  #heard(event: ServerEvent): void {
    this.transcript = apply(this.transcript, event)
    const turn = event.name === 'turn.ended' ? (event.body.turn as Turn) : null
    if (turn && (turn.role ?? turn.speaker) === 'user') {
      this.lines.heard(turn.text)
      this.onHeard()
    }
    if (event.name !== 'turn.partial') this.log = [...this.log, event].slice(-LOG_LENGTH)
  }

  /** The plans as they stand; asked again where something happened to one meanwhile. */
  async #loadPlans(signal: AbortSignal): Promise<void> {
    const id = this.session?.id
    try {
      for (let tries = 1; tries <= TRIES && !signal.aborted; tries += 1) {
        const news = this.#planNews
        const page = await get<Page<Plan>>(`/agent/sessions/${id}/plans?limit=${MOST_PLANS}`)
        if (signal.aborted || (news !== this.#planNews && tries < TRIES)) continue
        this.transcript = withPlans(this.transcript, page.items)
        return
      }
    } catch (error) {
      if (!signal.aborted && !absent(error)) this.failure = error
    }
  }

  /** The single calls that wait; a server that does not list them takes no answer about them over REST. */
  async #loadWaiting(signal: AbortSignal): Promise<void> {
    try {
      const page = await get<Page<WaitingCall>>(`/sessions/${this.session?.id}/approvals`)
      if (!signal.aborted) this.transcript = withWaiting(this.transcript, page.items, new Date(serverTime()).toISOString())
    } catch (error) {
      if (!signal.aborted && !absent(error)) this.failure = error
    }
  }

  async #load(path: string, signal: AbortSignal): Promise<void> {
    void this.#loadPlans(signal)
    void this.#loadWaiting(signal)
    try {
      const [session, turns] = await Promise.all([get<Session>(path), allTurns(path)])
      if (signal.aborted) return
      const usage = later(this.session?.usage, session.usage)
      this.transcript = withTurns(withSession(this.transcript, { ...session, usage }), turns)
      this.failure = null
    } catch (error) {
      if (!signal.aborted) this.failure = error
    } finally {
      if (!signal.aborted) this.loading = false
    }
  }
}

/** The server has no such route, or none for this caller. */
const absent = (error: unknown) => error instanceof Problem && (error.status === 404 || error.status === 403)

async function allTurns(path: string): Promise<Turn[]> {
  const turns: Turn[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page<Turn> = await get<Page<Turn>>(`${path}/turns${cursor && `?cursor=${encodeURIComponent(cursor)}`}`)
    turns.push(...page.items)
    cursor = page.next_cursor
  }
  return turns
}

function streamHeaders(lastId: string): HeadersInit {
  return lastId ? { Accept: 'text/event-stream', 'Last-Event-ID': lastId } : { Accept: 'text/event-stream' }
}

function parse(message: Message): ServerEvent | null {
  try {
    const event = JSON.parse(message.data)
    return typeof event?.name === 'string' && typeof event.body === 'object' ? event : null
  } catch {
    return null
  }
}

