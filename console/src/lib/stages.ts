import type { Latency } from './wire'

/** A stage of an answer: from `start` to `end`, in milliseconds after the end of the user's speech. */
export interface Stage {
  key: string
  label: string
  start: number
  end: number
}

const LABELS: [keyof Latency, string][] = [
  ['end_of_turn_ms', 'End of turn'],
  ['stt_final_ms', 'Transcript'],
  ['llm_first_token_ms', 'First word'],
  ['first_sentence_ms', 'First sentence'],
  ['tts_first_byte_ms', 'Voice'],
  ['first_audio_ms', 'Sound out'],
]

/**
 * The waterfall of a turn: each stage begins where the latest one before it ended. A stage that was
 * done before that (a transcript that was there when the turn ended) took no time of its own.
 */
export function stages(latency: Latency | null): Stage[] {
  const found: Stage[] = []
  let reached = 0
  for (const [key, label] of LABELS) {
    const ms = latency?.[key]
    if (typeof ms !== 'number' || !Number.isFinite(ms)) continue
    const end = Math.max(0, ms)
    found.push({ key, label, start: Math.min(reached, end), end })
    reached = Math.max(reached, end)
  }
  return found
}

/** Speech was answered, not a typed text: times count from its end, else from the arrival of the text. */
export const ofSpeech = (latency: Latency | null): boolean =>
  typeof latency?.end_of_turn_ms === 'number' || typeof latency?.stt_final_ms === 'number'

/** When the answer was first heard, or how far it came without sound; null if nothing was measured. */
export function total(latency: Latency | null): number | null {
  const found = stages(latency)
  return found.length ? Math.max(...found.map((stage) => stage.end)) : null
}
