import { get, request, write } from './api'
import { later } from './cost'
import { follow, type Message } from './sse'
import { apply, empty, withTurns, type Transcript } from './transcript'
import type { Page, Reply, ServerEvent, Session, Turn } from './wire'

const LOG_LENGTH = 500

/** The session on the page: its transcript, kept up to date by the event stream. */
export class Conversation {
  transcript = $state.raw<Transcript>(empty())
  /** Newest last; partial transcripts are left out. */
  log = $state.raw<ServerEvent[]>([])
  loading = $state(false)
  /** The event stream is connected. */
  following = $state(false)
  /** What was typed and is not in the transcript yet. */
  pending = $state('')
  /** A typed message waits for its answer. */
  sending = $state(false)
  failure = $state<unknown>(null)
  #stop = new AbortController()

  get session(): Session | null {
    return this.transcript.session
  }

  get ended(): boolean {
    return this.session?.status === 'ended'
  }

  close(): void {
    this.#stop.abort()
    this.transcript = empty()
    this.log = []
    this.pending = ''
    this.failure = null
    this.loading = this.following = this.sending = false
  }

  /** Shows a session and follows it. */
  show(session: Session): void {
    this.close()
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
    this.pending = text
    this.sending = true
    this.failure = null
    try {
      await write<Reply>('POST', `/sessions/${id}/messages`, { text })
      if (!this.following) await this.#load(`/sessions/${id}`, this.#stop.signal)
    } finally {
      if (this.session?.id === id) {
        this.pending = ''
        this.sending = false
      }
    }
  }

  /** This page has left the call: what the agent does from here on is not its state. */
  quiet(): void {
    this.transcript = { ...this.transcript, state: null }
  }

  async end(): Promise<void> {
    const id = this.session?.id
    if (!id) return
    const session = await write<Session>('PATCH', `/sessions/${id}/status`, { status: 'ended' })
    if (this.session?.id === id) this.transcript = { ...this.transcript, session, live: false, state: null }
  }

  #take(message: Message): void {
    const event = parse(message)
    if (!event) return
    this.transcript = apply(this.transcript, event)
    const turn = event.name === 'turn.ended' ? (event.body.turn as Turn) : null
    if (turn && (turn.role ?? turn.speaker) === 'user') this.pending = ''
    if (event.name !== 'turn.partial') this.log = [...this.log, event].slice(-LOG_LENGTH)
  }

  async #load(path: string, signal: AbortSignal): Promise<void> {
    try {
      const [session, turns] = await Promise.all([get<Session>(path), allTurns(path)])
      if (signal.aborted) return
      const usage = later(this.session?.usage, session.usage)
      this.transcript = withTurns({ ...this.transcript, session: { ...session, usage }, live: session.live }, turns)
    } catch (error) {
      if (!signal.aborted) this.failure = error
    } finally {
      if (!signal.aborted) this.loading = false
    }
  }
}

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

