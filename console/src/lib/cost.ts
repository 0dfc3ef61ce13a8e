import type { EngineUsage, Usage } from './wire'

/** `$0.0042`, `$12.40`; nothing where it was free, `cost unknown` where a price is missing. */
export function money(usage: Usage | undefined): string {
  if (!usage?.engines.length || usage.cost_usd === 0) return ''
  if (usage.cost_usd === null) return 'cost unknown'
  if (usage.cost_usd < 0.0001) return 'under $0.0001'
  return `$${usage.cost_usd.toFixed(usage.cost_usd < 1 ? 4 : 2)}`
}

/** One line for each engine: what it did, and what that cost. */
export function parts(usage: Usage | undefined): string[] {
  return (usage?.engines ?? []).map((one) => `${one.provider}${one.model && ` ${one.model}`}: ${amounts(one)}${price(one)}`)
}

const price = ({ cost_usd }: EngineUsage) => (cost_usd === null ? ', cost unknown' : cost_usd ? `, $${cost_usd.toFixed(6)}` : '')

function amounts(one: EngineUsage): string {
  if (one.kind === 'llm') return `${one.input_tokens} tokens in, ${one.output_tokens} out`
  return one.kind === 'stt' ? `${one.audio_secs.toFixed(1)} s heard` : `${one.characters} characters spoken`
}

export function sum(before: Usage, more: Usage): Usage {
  const engines = [...before.engines]
  for (const one of more.engines) {
    const at = engines.findIndex((e) => e.kind === one.kind && e.provider === one.provider && e.model === one.model)
    const known = engines[at]
    if (known) engines[at] = added(known, one)
    else engines.push(one)
  }
  return { ...before, engines, cost_usd: plus(before.cost_usd, more.cost_usd) }
}

/** What is consumed only grows: of two states of a session the one that holds more is the later. */
export function later(known: Usage | undefined, loaded: Usage | undefined): Usage | undefined {
  return known && loaded && size(known) > size(loaded) ? known : (loaded ?? known)
}

const size = ({ engines }: Usage) =>
  engines.reduce((all, e) => all + e.input_tokens + e.output_tokens + e.characters + e.audio_secs, 0)

const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b)

const added = (a: EngineUsage, b: EngineUsage): EngineUsage => ({
  ...a,
  cost_usd: plus(a.cost_usd, b.cost_usd),
  input_tokens: a.input_tokens + b.input_tokens,
  output_tokens: a.output_tokens + b.output_tokens,
  characters: a.characters + b.characters,
  audio_secs: a.audio_secs + b.audio_secs,
})
