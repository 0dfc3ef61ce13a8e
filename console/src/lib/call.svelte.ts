import { LogLevel, PipecatClient, logger } from '@pipecat-ai/client-js'
import { get, tokens } from './api'
import { Meter } from './level'
import type { Microphone } from './microphone.svelte'
import { Problem } from './problem'
import { Pulse, QualityProbe, received, type Quality } from './quality'
import { backOffMs, pause } from './sse'
import { VoiceTransport } from './transport'

export type Phase = 'out' | 'joining' | 'in' | 'reconnecting' | 'lost'

const CONNECT_MS = 20_000
const ATTEMPTS = 8
const QUALITY_MS = 2000
const PULSE_MS = 500
const REASON_MS = 400

logger.setLevel(LogLevel.WARN)

/**
 * One stay of this page in a session's call. The session outlives it: after a loss the call is
 * joined anew, at first by the transport itself, then from here with back-off.
 */
export class Call {
  phase = $state<Phase>('out')
  failure = $state<unknown>(null)
  quality = $state<Quality | null>(null)
  /** The agent's voice, for the page's audio element. */
  voice = $state.raw<MediaStream | null>(null)
  muted = $state(false)
  /** Nothing comes from the server any more, though the connection is not given up yet. */
  stalled = $state(false)
  /** The server ended this page's stay: it was no loss. */
  hungUp = $state(false)
  /** Why the server ended the call, as far as the event stream told. */
  reason: () => string | null = () => null
  /** Told when this page is out of the call. */
  onOut: () => void = () => {}

  #sessionId = ''
  #headers = new Headers()
  #client: PipecatClient | null = null
  #transport: VoiceTransport | null = null
  #meter: Meter | null = null
  #leaving = new AbortController()
  #timers: ReturnType<typeof setInterval>[] = []

  constructor(private readonly microphone: Microphone) {}

  get active(): boolean {
    return this.phase === 'joining' || this.phase === 'in' || this.phase === 'reconnecting'
  }

  /** How loud the agent is, 0 to 1. */
  level = (): number => this.#meter?.read() ?? 0

  /** The transport keeps the headers of its offer: a new token must get into the same object. */
  useToken(token: string): void {
    this.#headers.set('Authorization', `Bearer ${token}`)
  }

  async join(sessionId: string): Promise<void> {
    if (this.active) return
    this.#sessionId = sessionId
    const leaving = new AbortController()
    this.#leaving = leaving
    this.failure = null
    this.hungUp = false
    this.phase = 'joining'
    try {
      await this.#connect()
    } catch (error) {
      if (!leaving.signal.aborted) await this.#end('out', error)
    }
  }

  async leave(): Promise<void> {
    await this.#end('out', null)
  }

  rejoin(): Promise<void> {
    return this.join(this.#sessionId)
  }

  setMuted(muted: boolean): void {
    this.muted = muted
    if (this.#client && this.phase === 'in') this.#client.enableMic(!muted)
    else this.microphone.enableMic(!muted)
  }

  async #connect(): Promise<void> {
    const leaving = this.#leaving.signal
    this.useToken(await tokens.access())
    const { iceServers, policy } = await iceOf()
    const transport = new VoiceTransport(this.microphone, policy)
    const client = new PipecatClient({
      transport,
      enableMic: !this.muted,
      enableCam: false,
      callbacks: {
        onBotDisconnected: () => void this.#ended(client, false),
        onDisconnected: () => void this.#ended(client, false),
      },
    })
    // A server that hangs up says so first: a channel that just closes is a loss.
    transport.onChannelClosed = () => void this.#ended(client, true)
    transport.onVoice = (track) => this.#hear(track)
    transport.onConnectionState = (state) => this.#stateOf(client, state)
    this.#client = client
    this.#transport = transport
    const endpoint = `/api/v1/sessions/${this.#sessionId}/offer`
    try {
      await within(
        CONNECT_MS,
        client.connect({ webrtcRequestParams: { endpoint, headers: this.#headers }, iceConfig: { iceServers } }),
      )
    } catch (error) {
      await this.#drop(client)
      throw await problemOf(error)
    }
    if (leaving.aborted) return this.#drop(client)
    this.phase = 'in'
    this.#watch(transport)
  }

  /** The transport mends a lost connection by itself for a while; the page tells of it. */
  #stateOf(client: PipecatClient, state: RTCPeerConnectionState): void {
    if (client !== this.#client) return
    if (state === 'connected' && this.phase === 'reconnecting') this.phase = 'in'
    if ((state === 'disconnected' || state === 'failed') && this.phase === 'in') this.phase = 'reconnecting'
  }

  /** The connection is over, and it was not this page that left. */
  async #ended(client: PipecatClient, lost: boolean): Promise<void> {
    if (client !== this.#client || (this.phase !== 'in' && this.phase !== 'reconnecting')) return
    const given = this.phase === 'reconnecting'
    if (lost) this.phase = 'reconnecting'
    await this.#drop(client)
    // The reason comes by the event stream, about when the connection goes.
    if (!given) await pause(REASON_MS, this.#leaving.signal)
    if (this.#leaving.signal.aborted) return
    const reason = this.reason()
    this.hungUp = !lost && !given
    const mayReturn = reason === null ? lost : reason === 'shutdown' || reason === 'error'
    if (given || mayReturn) await this.#reconnect()
    else await this.#end('lost', null)
  }

  async #reconnect(): Promise<void> {
    const leaving = this.#leaving.signal
    this.phase = 'reconnecting'
    let failure: unknown = null
    for (let attempt = 0; attempt < ATTEMPTS && !leaving.aborted; attempt += 1) {
      try {
        return await this.#connect()
      } catch (error) {
        failure = error
        if (error instanceof Problem && error.status >= 400 && error.status < 500) break
        await pause(backOffMs(attempt), leaving)
      }
    }
    if (!leaving.aborted) await this.#end('lost', failure)
  }

  async #end(phase: Phase, failure: unknown): Promise<void> {
    this.#leaving.abort()
    const client = this.#client
    this.phase = phase
    this.failure = failure
    if (client) await this.#drop(client)
    this.microphone.stop()
    this.onOut()
  }

  async #drop(client: PipecatClient): Promise<void> {
    if (client === this.#client) {
      this.#client = this.#transport = null
      this.#unwatch()
      this.#meter?.close()
      this.#meter = this.voice = this.quality = null
    }
    await client.disconnect().catch(() => undefined)
  }

  #hear(track: MediaStreamTrack): void {
    const stream = new MediaStream([track])
    this.#meter?.close()
    this.#meter = new Meter(stream)
    this.voice = stream
  }

  #watch(transport: VoiceTransport): void {
    const probe = new QualityProbe()
    const pulse = new Pulse(Date.now())
    const every = (ms: number, look: (connection: RTCPeerConnection) => Promise<() => void>) =>
      setInterval(async () => {
        const connection = transport.connection
        if (!connection || transport !== this.#transport) return
        const take = await look(connection)
        if (transport === this.#transport) take()
      }, ms)
    this.#unwatch()
    this.#timers = [
      every(QUALITY_MS, async (connection) => {
        const quality = await probe.read(connection)
        return () => (this.quality = quality)
      }),
      every(PULSE_MS, async (connection) => {
        const packets = await received(connection)
        return () => (this.stalled = pulse.stalled(packets, Date.now()))
      }),
    ]
  }

  #unwatch(): void {
    this.#timers.forEach(clearInterval)
    this.#timers = []
    this.stalled = false
  }
}

interface Ice {
  iceServers: RTCIceServer[]
  policy: RTCIceTransportPolicy
}

/** The STUN and TURN servers of this join, and whether its media must go by a relay. */
async function iceOf(): Promise<Ice> {
  try {
    const told = await get<{ ice_servers?: RTCIceServer[]; policy?: string }>('/ice-servers')
    return { iceServers: told.ice_servers ?? [], policy: told.policy === 'relay' ? 'relay' : 'all' }
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { iceServers: [], policy: 'all' }
    throw error
  }
}

async function problemOf(error: unknown): Promise<unknown> {
  const cause = error instanceof Error ? error.cause : error
  if (cause instanceof Response && !cause.bodyUsed) return Problem.of(cause)
  if (cause instanceof TypeError) return Problem.unreachable()
  return error
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('The call could not be connected. A firewall may block its audio (UDP).'))
    const timer = setTimeout(late, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
