// What streams: an answer as it is said, the events of a session, a call. Written by hand.
import type { components } from './schema.js'

type Schemas = components['schemas']

/** The server refused: `slug` is stable, `message` is for people, `problem` is the whole of it (RFC 9457). */
export class OrionError extends Error {
  readonly status: number
  readonly slug: string
  readonly problem: Partial<Schemas['Problem']>

  constructor(status: number, problem: Partial<Schemas['Problem']>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'OrionError'
    this.status = status
    this.slug = problem.type?.split('/').pop() ?? ''
    this.problem = problem
  }
}

/** Which session of which server, and as whom: an access token, an API key or a room token. */
export interface Place {
  url: string
  token: string
  sessionId: string
}

/** A part of an answer: words, a tool that began or ended, at last the whole answer. */
export type Part =
  | { event: 'token'; data: { text: string } }
  | { event: 'tool.started' | 'tool.ended'; data: Record<string, unknown> }
  | { event: 'done'; data: Schemas['Reply'] }

/** One event of a session; docs/events.md lists their names and bodies. */
export interface SessionEvent {
  id: string
  session_id: string
  name: string
  created_at: string
  body: Record<string, unknown>
}

/** Says something by text; the answer comes as it is said. Throws OrionError, in its middle too. */
export async function* stream(place: Place, text: string, signal?: AbortSignal): AsyncGenerator<Part> {
  const answer = await ask(place, 'messages', { method: 'POST', body: JSON.stringify({ text }), signal }, 'text/event-stream')
  for await (const { event, data } of sent(answer)) {
    if (event === 'error') throw new OrionError(Number((data as Schemas['Problem']).status), data as Schemas['Problem'])
    yield { event, data } as Part
  }
}

/**
 * What happens in a session, from now on or after the event with the id `after`. A stream that breaks off is
 * taken up again until `signal` is aborted; what the server refuses throws OrionError.
 */
export async function* events(place: Place, after = '', signal?: AbortSignal): AsyncGenerator<SessionEvent> {
  for (;;) {
    try {
      const headers: Record<string, string> = after ? { 'Last-Event-ID': after } : {}
      for await (const { data } of sent(await ask(place, 'events', { headers, signal }, 'text/event-stream'))) {
        const found = data as SessionEvent
        after = found.id
        yield found
      }
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof OrionError && error.status < 500) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
    if (signal?.aborted) return
  }
}

/** A stay in a call, in a browser. */
export interface Call {
  peer: RTCPeerConnection
  /** Sends an RTVI message: `call.send('send-text', { content: 'Hello' })`. */
  send(type: string, data: unknown): void
  leave(): void
}

export interface JoinOptions {
  /** What is sent, for example `(await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0]`. */
  microphone: MediaStreamTrack
  /** The agent's voice: `audio.srcObject = new MediaStream([track])`. */
  onTrack?: (track: MediaStreamTrack) => void
  /** RTVI messages of the server. */
  onMessage?: (message: { type: string; data?: unknown }) => void
  iceServers?: RTCIceServer[]
}

/** Joins the call of a session by WebRTC. Throws OrionError. */
export async function join(place: Place, { microphone, onTrack, onMessage, iceServers }: JoinOptions): Promise<Call> {
  const peer = new RTCPeerConnection({ iceServers: iceServers ?? [] })
  const channel = peer.createDataChannel('chat')
  const send = (type: string, data: unknown) =>
    channel.send(JSON.stringify({ label: 'rtvi-ai', id: crypto.randomUUID(), type, data }))
  let pings: ReturnType<typeof setInterval> | undefined
  const leave = () => {
    clearInterval(pings)
    peer.close()
  }
  channel.onopen = () => {
    send('client-ready', { version: '2.1.0', about: { library: '@orion-voice/client' } })
    pings = setInterval(() => channel.readyState === 'open' && channel.send(`ping: ${Date.now()}`), 1000)
  }
  channel.onmessage = ({ data }) => onMessage?.(JSON.parse(String(data)))
  peer.addTrack(microphone, new MediaStream([microphone]))
  peer.ontrack = ({ track }) => onTrack?.(track)
  try {
    await peer.setLocalDescription()
    await gathered(peer)
    const { sdp, type } = peer.localDescription!
    const answer = await ask(place, 'offer', { method: 'POST', body: JSON.stringify({ sdp, type }) })
    await peer.setRemoteDescription((await answer.json()) as Schemas['Answer'])
  } catch (error) {
    leave()
    throw error
  }
  return { peer, send, leave }
}

/** Waits until all candidates stand in the offer, two seconds at most. */
async function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === 'complete') return
  await new Promise<void>((resolve) => {
    peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve()
    setTimeout(resolve, 2000)
  })
}

async function ask({ url, token, sessionId }: Place, path: string, init: RequestInit, accept = 'application/json'): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: accept, ...init.headers }
  const answer = await fetch(`${url}/api/v1/sessions/${sessionId}/${path}`, { ...init, headers })
  if (answer.ok) return answer
  const problem: unknown = await answer.json().catch(() => ({}))
  throw new OrionError(answer.status, problem as Partial<Schemas['Problem']>)
}

/** Server-sent events (WHATWG HTML, 9.2). */
async function* sent(answer: Response): AsyncGenerator<{ event: string; data: unknown }> {
  let held = ''
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const blocks = (held + value).split('\n\n')
      held = blocks.pop()!
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => [line.split(':', 1)[0]!, line.slice(line.indexOf(':') + 1).trimStart()]))
        if (fields.has('data')) yield { event: fields.get('event') ?? 'message', data: JSON.parse(fields.get('data')!) }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
