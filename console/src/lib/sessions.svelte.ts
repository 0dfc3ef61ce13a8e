import { get } from './api'
import { renewed } from './renewed'
import type { Page, Session } from './wire'

const PAGE = 20
/** An admin's list holds their own sessions, too: so many pages are read to find some of others. */
const MOST_PAGES = 5

/** Sessions, newest first, page by page. */
export class SessionList {
  items = $state.raw<Session[]>([])
  cursor = $state<string | null>(null)

  constructor(
    private readonly query: string,
    private readonly wanted: (session: Session) => boolean = () => true,
  ) {}

  /** Read until there is something to show. */
  async load(): Promise<void> {
    await this.refresh()
    if (!this.items.length) await this.more()
  }

  /** Read the newest page again. */
  async refresh(): Promise<void> {
    const { items, next_cursor } = await get<Page<Session>>(`/sessions?limit=${PAGE}${this.query}`)
    const more = this.items.length > 0 && this.cursor !== null && this.items.at(-1)!.id < (items.at(-1)?.id ?? '')
    this.items = renewed(this.items, items, !next_cursor).filter(this.wanted)
    if (!more) this.cursor = next_cursor
  }

  /** Read on, until there is more to show. */
  async more(): Promise<void> {
    const before = this.items.length
    for (let pages = 0; this.cursor && pages < MOST_PAGES && this.items.length === before; pages += 1) {
      const page = await get<Page<Session>>(`/sessions?limit=${PAGE}${this.query}&cursor=${encodeURIComponent(this.cursor)}`)
      this.items = [...this.items, ...page.items.filter(this.wanted)]
      this.cursor = page.next_cursor
    }
  }

  add(session: Session): void {
    this.items = [session, ...this.items]
  }

  drop(id: string): void {
    this.items = this.items.filter((session) => session.id !== id)
  }

  clear(): void {
    this.items = []
    this.cursor = null
  }
}
