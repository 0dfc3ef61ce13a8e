import { account } from './account.svelte'
import { get, signOut, write } from './api'
import { Call } from './call.svelte'
import { Conversation } from './conversation.svelte'
import { recall, remember } from './memory'
import { Microphone } from './microphone.svelte'
import type { Line } from './lines.svelte'
import { Problem } from './problem'
import type { Agent, Page, Provider, Session } from './wire'
import { capital, titled } from './words'

/** Everything on the page of a signed-in person. */
class App {
  readonly microphone = new Microphone()
  readonly call = new Call(this.microphone)
  readonly conversation = new Conversation()
  agents = $state.raw<Agent[]>([])
  agentName = $state('')
  sessions = $state.raw<Session[]>([])
  nextCursor = $state<string | null>(null)
  providers = $state.raw<Provider[]>([])
  /** The last failure of something the person asked for. */
  failure = $state<unknown>(null)
  /** The key M mutes (WCAG 2.1.4: it can be turned off). */
  keyMutes = $state(recall('key-m') !== 'off')
  /** The session that the address names is on the page, or is none. Whoever needs a session waits for it. */
  #restored: Promise<unknown> = Promise.resolve()
  /** A new session is being made: who needs one meanwhile gets the same. */
  #fresh: Promise<Session> | null = null

  constructor() {
    this.call.onOut = () => this.conversation.quiet()
    account.onToken = (token) => this.call.useToken(token)
    this.call.reason = () => {
      const { left, session } = this.conversation.transcript
      return session?.status === 'ended' ? 'ended' : left
    }
  }

  async start(): Promise<void> {
    this.#restored = this.attempt(() => this.#restore())
    await this.attempt(async () => {
      const agents = await get<Page<Agent>>('/agents')
      this.agents = agents.items
      if (!this.agents.some((agent) => agent.name === this.agentName)) this.agentName = this.agents[0]?.name ?? ''
    })
    await this.attempt(() => this.refresh())
    this.providers = await get<Page<Provider>>('/providers').then((page) => page.items ?? [], () => [])
  }

  /** Nothing of a person stays on the page after the sign-out. */
  stop(): void {
    void this.call.leave()
    this.conversation.close()
    this.sessions = this.agents = []
    this.failure = null
    setHash(null)
  }

  async signOut(): Promise<void> {
    this.stop()
    await signOut()
  }

  async refresh(): Promise<void> {
    const page = await get<Page<Session>>('/sessions?limit=20')
    this.sessions = page.items
    this.nextCursor = page.next_cursor
  }

  async more(): Promise<void> {
    const page = await get<Page<Session>>(`/sessions?limit=20&cursor=${encodeURIComponent(this.nextCursor ?? '')}`)
    this.sessions = [...this.sessions, ...page.items]
    this.nextCursor = page.next_cursor
  }

  async #restore(): Promise<void> {
    const id = new URLSearchParams(location.hash.slice(1)).get('session')
    if (!id || !/^[\w-]+$/.test(id)) return
    try {
      const session = await get<Session>(`/sessions/${id}`)
      // Another one may have been chosen meanwhile.
      if (!this.conversation.session) await this.open(session)
    } catch (error) {
      setHash(null)
      if (!(error instanceof Problem && (error.status === 404 || error.status === 422))) throw error
    }
  }

  async open(session: Session): Promise<void> {
    if (session.id === this.conversation.session?.id) return
    await this.call.leave()
    this.failure = null
    if (this.conversation.session) this.conversation.close()
    this.conversation.show(session)
    setHash(session.id)
  }

  /** Back to the start page. */
  async home(): Promise<void> {
    await this.call.leave()
    this.conversation.close()
    this.failure = null
    setHash(null)
    await this.attempt(() => this.refresh())
  }

  async join(): Promise<void> {
    this.failure = null
    await this.attempt(async () => this.call.join((await this.#session()).id))
  }

  /** Says a typed line. One that was not taken stays on the page with the reason, unless `back` takes its text. */
  async say(text: string, back: (text: string) => boolean = () => false): Promise<void> {
    const { lines } = this.conversation
    this.failure = null
    const sent = await lines.send(
      text,
      () => this.#session(),
      (line) => this.conversation.say(line),
    )
    if (!sent) return
    // Without a call nobody listens after the answer.
    if (!this.call.active && !this.conversation.sending) this.conversation.quiet()
    if (!sent.failure || !(sent.heard || back(text))) return
    lines.drop(sent.line)
    this.failure = sent.failure
  }

  sayAgain(line: Line): void {
    this.conversation.lines.drop(line)
    void this.say(line.text)
  }

  async end(): Promise<void> {
    await this.attempt(async () => {
      await this.call.leave()
      await this.conversation.end()
      await this.refresh()
    })
  }

  useKey(mutes: boolean): void {
    this.keyMutes = mutes
    remember('key-m', mutes ? '' : 'off')
  }

  /** An agent's title or, of one without, its name: as a heading begins. */
  titleOf(agent: string): string {
    const title = this.agents.find((other) => other.name === agent)?.title
    return title ? capital(title) : titled(agent)
  }

  /** Does something that may fail, and shows why if it did. */
  async attempt(task: () => Promise<unknown>): Promise<boolean> {
    try {
      await task()
      return true
    } catch (error) {
      this.failure = error
      return false
    }
  }

  /** The session on the page, or a new one with the chosen agent. */
  async #session(): Promise<Session> {
    await this.#restored
    const current = this.conversation.session
    if (current) return current
    this.#fresh ??= this.#create().finally(() => (this.#fresh = null))
    return this.#fresh
  }

  async #create(): Promise<Session> {
    const session = await write<Session>('POST', '/sessions', this.agentName ? { agent: this.agentName } : {})
    this.conversation.show(session)
    setHash(session.id)
    this.sessions = [session, ...this.sessions]
    return session
  }
}

function setHash(id: string | null): void {
  history.replaceState(null, '', location.pathname + (id ? `#session=${id}` : ''))
}

export const app = new App()
