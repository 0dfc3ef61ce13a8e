/** What went wrong, in words for the person at the page (RFC 9457 problems and lost networks). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly slug: string,
    title: string,
    readonly detail: string,
    readonly fields: { pointer: string; detail: string }[] = [],
    readonly retryAfterSecs: number | null = null,
  ) {
    super(title)
  }

  static async of(response: Response): Promise<Problem> {
    const body = await response.json().catch(() => ({}))
    const text = (value: unknown) => (typeof value === 'string' ? value : '')
    const fields = Array.isArray(body.errors) ? body.errors : []
    const retryAfter = Number(response.headers.get('Retry-After'))
    return new Problem(
      response.status,
      text(body.type).split('/').pop() ?? '',
      text(body.title) || `The server answered with status ${response.status}.`,
      text(body.detail),
      fields.map((f: Record<string, unknown>) => ({ pointer: text(f.pointer), detail: text(f.detail) })),
      retryAfter > 0 ? retryAfter : null,
    )
  }

  /** The answer of a proxy whose server is away: no problem of ORION's. */
  static ofProxy(response: Response): boolean {
    return [502, 503, 504].includes(response.status) && !/json/.test(response.headers.get('Content-Type') ?? '')
  }

  /** Nobody did anything wrong: the server, its database or the network is away for a while. */
  get outage(): boolean {
    return this.slug === 'unreachable' || this.slug === 'database-unavailable' || (!this.slug && this.status >= 502 && this.status <= 504)
  }

  /** Nothing came back at all: no network, or no server. */
  static unreachable(): Problem {
    return new Problem(0, 'unreachable', 'The server cannot be reached.', 'Is it running, and are you online?')
  }
}

const WORDS: Record<string, string> = {
  'session-ended': 'This conversation has ended. Start a new one to go on talking.',
  'room-full': 'Somebody is already in this call. Leave it there first, then join here.',
  overloaded: 'The server is busy with other calls right now.',
  unavailable: 'The server cannot do this right now.',
  'database-unavailable': 'The server cannot reach its database right now.',
  'provider-error': 'The speech or language engine failed.',
  'provider-timeout': 'The agent did not answer in time.',
  limited: 'That was too many requests in a short time.',
  'too-large': 'That text is too long.',
}

/** One or two sentences for any error. */
export function inWords(error: unknown): string {
  if (!(error instanceof Problem)) {
    return error instanceof Error && error.message ? sentence(error.message) : 'Something went wrong.'
  }
  const parts = [WORDS[error.slug] ?? sentence(error.detail || error.message)]
  if (error.slug === 'unreachable') parts.unshift(error.message)
  for (const field of error.fields) {
    // What the detail says already is not said again with the name of its field.
    if (parts.some((part) => bare(part).includes(bare(field.detail)))) continue
    parts.push(sentence(`${field.pointer.replace(/^\//, '').replaceAll('_', ' ')}: ${field.detail}`))
  }
  if (error.retryAfterSecs) parts.push(`Try again in ${error.retryAfterSecs} s.`)
  return parts.join(' ')
}

const bare = (text: string): string => text.toLowerCase().replace(/[.!?\s]+$/, '').trim()

function sentence(text: string): string {
  const trimmed = text.trim()
  const whole = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
