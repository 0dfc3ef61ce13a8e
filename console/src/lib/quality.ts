export interface Quality {
  grade: 'good' | 'fair' | 'poor'
  rttMs: number | null
  lossPercent: number
  jitterMs: number
}

interface Counts {
  received: number
  lost: number
  delaySecs: number
  emitted: number
}

/** So long may nothing come of a voice of which silence is sent, too. */
const STALL_MS = 1500

/** Watches whether anything comes from the server: its voice is 50 packets a second, spoken or silent. */
export class Pulse {
  #received = 0
  #since: number

  constructor(now: number) {
    this.#since = now
  }

  /** Whether nothing has come for a while, given all packets so far. */
  stalled(received: number, now: number): boolean {
    if (received !== this.#received) {
      this.#received = received
      this.#since = now
    }
    return now - this.#since >= STALL_MS
  }
}

/** Packets of sound that have come by this connection. */
export async function received(connection: RTCPeerConnection): Promise<number> {
  let packets = 0
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'inbound-rtp' && report.kind === 'audio') packets += report.packetsReceived ?? 0
  }
  return packets
}

/** Watches the way of the agent's voice: each reading covers the time since the one before. */
export class QualityProbe {
  #last: Counts = { received: 0, lost: 0, delaySecs: 0, emitted: 0 }

  async read(connection: RTCPeerConnection): Promise<Quality> {
    let rttMs: number | null = null
    let now = this.#last
    for (const report of (await connection.getStats()).values()) {
      if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined) {
        rttMs = Math.round(report.currentRoundTripTime * 1000)
      } else if (report.type === 'inbound-rtp' && report.kind === 'audio') {
        now = {
          received: report.packetsReceived ?? 0,
          lost: report.packetsLost ?? 0,
          delaySecs: report.jitterBufferDelay ?? 0,
          emitted: report.jitterBufferEmittedCount ?? 0,
        }
      }
    }
    const before = now.received < this.#last.received ? { received: 0, lost: 0, delaySecs: 0, emitted: 0 } : this.#last
    this.#last = now
    const lost = Math.max(0, now.lost - before.lost)
    const expected = lost + now.received - before.received
    const emitted = now.emitted - before.emitted
    const lossPercent = expected > 0 ? (100 * lost) / expected : 0
    const jitterMs = emitted > 0 ? Math.round((1000 * (now.delaySecs - before.delaySecs)) / emitted) : 0
    return { grade: grade(rttMs ?? 0, lossPercent), rttMs, lossPercent, jitterMs }
  }
}

/** Good: what ITU-T G.114 calls acceptable to most, with losses that Opus conceals. */
export function grade(rttMs: number, lossPercent: number): Quality['grade'] {
  if (rttMs > 400 || lossPercent > 5) return 'poor'
  return rttMs > 200 || lossPercent > 1.5 ? 'fair' : 'good'
}
