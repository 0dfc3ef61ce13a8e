import { account } from './account.svelte'
import { get, request, signOut, write } from './api'
import { Call } from './call.svelte'
import { Conversation } from './conversation.svelte'
import { recall, remember } from './memory'
import { Microphone } from './microphone.svelte'
import type { Line } from './lines.svelte'
import { Problem } from './problem'
import { SessionList } from './sessions.svelte'
import { tabTitle } from './title'
import type { Agent, InUse, Page, ProviderPage, Session } from './wire'
import { capital, titled } from './words'

/** How often the lists are read again while somebody looks. */
const LOOK_MS = 10_000

/** Everything on the page of a signed-in person. */
class App {
  readonly microphone = new Microphone()
  readonly call = new Call(this.microphone)
  readonly conversation = new Conversation()
  agents = $state.raw<Agent[]>([])
  agentName = $state('')
  readonly mine = new SessionList('&mine=true')
  /** Those of the others in the workspace, for its admins. */
  readonly others = new SessionList('', (session) => !this.own(session))
  inUse = $state.raw<InUse[]>([])
  /** The last failure of something the person asked for. */
  failure = $state<unknown>(null)
  /** The key M mutes (WCAG 2.1.4: it can be turned off). */
  keyMutes = $state(recall('key-m') !== 'off')
  /** The session that the address names is on the page, or is none. Whoever needs a session waits for it. */
  #restored: Promise<unknown> = Promise.resolve()
  /** A new session is being made: who needs one meanwhile gets the same. */
  #fresh: Promise<Session> | null = null

  constructor() {
    this.call.onOut = () => (this.call.hungUp ? this.conversation.quiet() : this.conversation.leave())
    this.conversation.onHeard = () => (this.failure = null)
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
    await this.attempt(() => Promise.all([this.mine.load(), account.admin && this.others.load()]))
    this.inUse = await get<ProviderPage>('/providers').then((page) => page.in_use ?? [], () => [])
  }

  /** Nothing of a person stays on the page after the sign-out. */
  stop(): void {
    void this.call.leave()
    this.conversation.close()
    this.mine.clear()
    this.others.clear()
    this.agents = []
    this.failure = null
    address(null, 'replace')
  }

  /** Keep what is shown true while the page is looked at; gives what ends it. */
  watch(): () => void {
    const look = () => {
      if (!document.hidden) void this.refresh().catch(() => undefined)
    }
    const back = () => void (this.#restored = this.attempt(() => this.#restore()))
    const timer = setInterval(look, LOOK_MS)
    document.addEventListener('visibilitychange', look)
    addEventListener('popstate', back)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      removeEventListener('popstate', back)
      document.title = tabTitle({ name: '', live: false, muted: false })
    }
  }

  /** The title of the tab. */
  get title(): string {
    const { session } = this.conversation
    return tabTitle({ name: session ? this.nameOf(session) : '', live: this.call.phase === 'in', muted: this.call.muted })
  }

  /** What a conversation is called: those of others with their owner. */
  nameOf(session: Session): string {
    const name = session.title || this.titleOf(session.agent)
    return this.own(session) ? name : `${ownerOf(session)}: ${name}`
  }

  /** The signed-in person's own, so that they may take part in it. */
  own(session: Session): boolean {
    return !session.owner || session.owner.id === account.user?.id
  }

  /** The conversation on the page is somebody else's: an admin reads it, and may end it. */
  get reads(): boolean {
    const { session } = this.conversation
    return !!session && !this.own(session)
  }

  async signOut(): Promise<void> {
    this.stop()
    await signOut()
  }

  async refresh(): Promise<void> {
    await Promise.all([this.mine.refresh(), account.admin && this.others.refresh()])
  }

  /** Shows what the address names: after a reload, or when the browser goes back or forward. */
  async #restore(): Promise<void> {
    const id = new URLSearchParams(location.hash.slice(1)).get('session')
    if ((id ?? undefined) === this.conversation.session?.id) return
    if (!id || !/^[\w-]+$/.test(id)) return this.#show(null)
    const { hash } = location
    try {
      const session = await get<Session>(`/sessions/${id}`)
      // Another one may have been chosen meanwhile.
      if (location.hash === hash) await this.#show(session)
    } catch (error) {
      if (location.hash === hash) address(null, 'replace')
      if (!(error instanceof Problem && (error.status === 404 || error.status === 422))) throw error
      await this.#show(null)
    }
  }

  async open(session: Session): Promise<void> {
    if (session.id === this.conversation.session?.id) return
    address(session.id, 'push')
    await this.#show(session)
  }

  /** Back to the start page. */
  async home(): Promise<void> {
    if (this.conversation.session) address(null, 'push')
    await this.#show(null)
    await this.attempt(() => this.refresh())
  }

  async #show(session: Session | null): Promise<void> {
    await this.call.leave()
    this.failure = null
    if (this.conversation.session) this.conversation.close()
    if (session) this.conversation.show(session)
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
    this.failure = null
    await this.attempt(async () => {
      await this.call.leave()
      await this.conversation.end()
      await this.refresh()
    })
  }

  /** Deletes the conversation on the page with all that belongs to it. */
  async remove(): Promise<void> {
    const { session } = this.conversation
    if (!session) return
    this.failure = null
    const gone = await this.attempt(() => request(`/sessions/${session.id}`, { method: 'DELETE' }))
    if (!gone) return
    this.mine.drop(session.id)
    this.others.drop(session.id)
    address(null, 'replace')
    await this.#show(null)
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
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    const variables = { timezone: timeZone } // alarms ring by the clock of the user
    const agent = this.agentName || undefined
    const session = await write<Session>('POST', '/sessions', { agent, variables })
    this.conversation.show(session)
    address(session.id, 'push')
    this.mine.add(session)
    return session
  }
}

/** What the address names; a `push` leaves what was shown before to the browser's Back. */
function address(id: string | null, way: 'push' | 'replace'): void {
  const url = location.pathname + (id ? `#session=${id}` : '')
  if (way === 'push') history.pushState(null, '', url)
  else history.replaceState(null, '', url)
}

/** Whose conversation it is, for an admin. */
export const ownerOf = ({ owner }: Session): string => owner?.name || owner?.email || 'Somebody else'

export const app = new App()
