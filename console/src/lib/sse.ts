import { Problem } from './problem'

export interface Message {
  id: string
  event: string
  data: string
}

/** Splits a stream of server-sent events into messages (WHATWG HTML, 9.2.6). */
export class Parser {
  #rest = ''
  #id = ''
  #event = ''
  #data: string[] = []

  push(text: string): Message[] {
    const messages: Message[] = []
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = this.#line(line)
      if (message) messages.push(message)
    }
    return messages
  }

  #line(line: string): Message | null {
    if (line === '') {
      const data = this.#data.join('\n')
      const message = this.#data.length ? { id: this.#id, event: this.#event || 'message', data } : null
      this.#event = ''
      this.#data = []
      return message
    }
    const at = line.indexOf(':')
    const field = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === 'id') this.#id = value
    return null
  }
}

export interface Follower {
  /** Opens the stream; resumes after `lastId` if it is not empty. Throws a Problem. */
  open: (lastId: string, signal: AbortSignal) => Promise<Response>
  message: (message: Message) => void
  /** The stream is connected: from here on nothing is missed. */
  up: () => void
  down: () => void
}

const SILENCE_MS = 45_000
const FINAL = new Set([401, 403, 404])

/** Follows a stream until `signal` aborts; after a loss it resumes, at first at once, then with back-off. */
export async function follow(follower: Follower, signal: AbortSignal): Promise<void> {
  let lastId = ''
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await readOnce(follower, lastId, signal, (id) => {
        lastId = id || lastId
        failures = 0
      })
    } catch (error) {
      if (signal.aborted || (error instanceof Problem && FINAL.has(error.status))) return
    }
    if (signal.aborted) return
    follower.down()
    await pause(backOffMs(failures), signal)
  }
}

async function readOnce(f: Follower, lastId: string, signal: AbortSignal, seen: (id: string) => void): Promise<void> {
  const silent = new AbortController()
  const either = AbortSignal.any([signal, silent.signal])
  let timer = setTimeout(() => silent.abort(), SILENCE_MS)
  try {
    const response = await f.open(lastId, either)
    if (!response.body) return
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    const parser = new Parser()
    seen('')
    f.up()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), SILENCE_MS)
      for (const message of parser.push(value)) {
        seen(message.id)
        f.message(message)
      }
    }
  } finally {
    clearTimeout(timer)
  }
}

/** 0.5 s, doubled up to 15 s, each by a random tenth or two more. */
export function backOffMs(failures: number): number {
  return Math.min(15_000, 500 * 2 ** failures) * (1 + Math.random() / 5)
}

/** Waits, but not beyond the abort of `signal`, and not while the page is offline longer than needed. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      globalThis.removeEventListener?.('online', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
    globalThis.addEventListener?.('online', finish)
  })
}
