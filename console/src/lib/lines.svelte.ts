/** So long the next line waits for the arrival of the one before it, at most. */
const ARRIVAL_MS = 500

/** A typed line that is not in the transcript yet. */
export interface Line {
  id: number
  text: string
  /** Why it was not taken; null while it is under way. */
  failure: unknown
}

/** What becomes of a line: `failure` is null where it was answered; `heard` where its turn has come. */
export interface Sent {
  line: Line
  heard: boolean
  failure: unknown
}

/** What was typed: shown at once, sent at once and in its order, and gone from here when its turn has come. */
export class Lines {
  shown = $state.raw<Line[]>([])
  /** So many wait for their answers. */
  underWay = $state(0)
  #count = 0
  #clears = 0
  #arrived = new Map<number, () => void>()
  #before: Promise<void> = Promise.resolve()

  /**
   * Sends a line by `post`, which settles with the answer, as soon as it can be sent (`ready`). Gives null where the
   * conversation was left meanwhile.
   */
  async send(text: string, ready: () => Promise<unknown>, post: (text: string) => Promise<void>): Promise<Sent | null> {
    const line: Line = { id: ++this.#count, text, failure: null }
    const clears = this.#clears
    const left = () => clears !== this.#clears
    const before = this.#before
    this.#before = new Promise((arrived) => this.#arrived.set(line.id, arrived))
    this.shown = [...this.shown, line]
    this.underWay += 1
    let failure: unknown = null
    try {
      await before
      await ready()
      if (left()) return null
      const answered = post(text)
      setTimeout(() => this.#arrive(line.id), ARRIVAL_MS)
      await answered
    } catch (error) {
      failure = error ?? new Error()
    }
    this.#arrive(line.id)
    if (left()) return null
    this.underWay -= 1
    const heard = !this.shown.some((one) => one.id === line.id)
    if (failure) this.shown = this.shown.map((one) => (one.id === line.id ? { ...one, failure } : one))
    else this.drop(line)
    return { line, heard, failure }
  }

  /** The user's turn has come: it is the first line of these words, or the oldest where a guardrail changed them. */
  heard(text: string): void {
    const waiting = this.shown.filter((line) => !line.failure)
    const line = waiting.find((one) => one.text === text) ?? waiting[0]
    if (!line) return
    this.#arrive(line.id)
    this.drop(line)
  }

  drop({ id }: Line): void {
    this.shown = this.shown.filter((line) => line.id !== id)
  }

  clear(): void {
    this.#clears += 1
    for (const id of [...this.#arrived.keys()]) this.#arrive(id)
    this.shown = []
    this.underWay = 0
  }

  #arrive(id: number): void {
    this.#arrived.get(id)?.()
    this.#arrived.delete(id)
  }
}
