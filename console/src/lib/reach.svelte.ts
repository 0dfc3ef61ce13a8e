import { Problem } from './problem'

const PROBE_MS = 2000

/** Whether the server answers. While it does not, this asks it every two seconds, so that its return is seen. */
export class Reach {
  lost = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `probe` asks the server; it fails, or gives false, while there is an outage. */
  constructor(private readonly probe: () => Promise<boolean>) {}

  /** The server did, or did not, answer. */
  heard(answers: boolean): void {
    this.lost = !answers
    clearTimeout(this.#timer)
    if (this.lost) this.#timer = setTimeout(() => void this.#ask(), PROBE_MS)
  }

  /** The failure as long as it is true: an outage ends with the first answer. */
  standing(failure: unknown): unknown {
    return failure instanceof Problem && failure.outage && !this.lost ? null : failure
  }

  async #ask(): Promise<void> {
    this.heard(await this.probe().catch(() => false))
  }
}

export const reach = new Reach(async () => {
  const answer = await fetch('/readyz', { cache: 'no-store' })
  const ready = await answer.json().catch(() => null)
  return !Problem.ofProxy(answer) && !ready?.missing?.database
})
