import { describe, expect, test } from 'vitest'
import { later, money, parts, sum } from '../src/lib/cost'
import { apply, empty } from '../src/lib/transcript'
import type { EngineUsage, ServerEvent, Session, Usage } from '../src/lib/wire'

const engine = (more: Partial<EngineUsage> = {}): EngineUsage => ({
  kind: 'llm', provider: 'openai', model: 'gpt-4.1', cost_usd: 0.002, input_tokens: 20, output_tokens: 5, characters: 0, audio_secs: 0, ...more,
})
const usage = (cost_usd: number | null, ...engines: EngineUsage[]): Usage => ({ cost_usd, currency: 'USD', engines })
const FREE = engine({ kind: 'stt', provider: 'pocketsphinx', model: '', cost_usd: 0, audio_secs: 2.5 })

describe('money', () => {
  test('small sums keep their digits, large ones are rounded', () => {
    expect(money(usage(0.0042, engine()))).toBe('$0.0042')
    expect(money(usage(12.404, engine()))).toBe('$12.40')
    expect(money(usage(0.00004, engine()))).toBe('under $0.0001')
  })

  test('what is free says nothing, and what is not known says so', () => {
    expect(money(usage(0, FREE))).toBe('')
    expect(money(usage(null, engine({ cost_usd: null })))).toBe('cost unknown')
    expect(money(undefined)).toBe('')
  })

  test('each engine says what it did', () => {
    const speech = engine({ kind: 'tts', provider: 'elevenlabs', model: 'flash', cost_usd: null, characters: 80 })
    expect(parts(usage(null, engine(), FREE, speech))).toEqual([
      'openai gpt-4.1: 20 tokens in, 5 out, $0.002000',
      'pocketsphinx: 2.5 s heard',
      'elevenlabs flash: 80 characters spoken, cost unknown',
    ])
  })
})

describe('sums', () => {
  test('the same engine grows, another one is added', () => {
    const both = sum(usage(0.002, engine()), usage(0.002, engine(), FREE))
    expect(both.cost_usd).toBe(0.004)
    expect(both.engines).toEqual([engine({ cost_usd: 0.004, input_tokens: 40, output_tokens: 10 }), FREE])
  })

  test('an unknown part makes the sum unknown', () => {
    expect(sum(usage(0.002, engine()), usage(null, engine({ cost_usd: null }))).cost_usd).toBeNull()
  })
})

describe('a state that was loaded while a turn ended', () => {
  const before = usage(0.002, engine())
  const after = usage(0.004, engine({ input_tokens: 40, output_tokens: 10 }))

  test('does not take the turn away again', () => {
    expect(later(after, before)).toBe(after)
    expect(later(before, after)).toBe(after)
    expect(later(undefined, before)).toBe(before)
    expect(later(before, undefined)).toBe(before)
  })
})

describe('a conversation', () => {
  const session = { id: 's', live: true, usage: usage(0) } as Session
  const turn = { id: 'a', role: 'agent', text: 'Hello.', tool_calls: [], started_at: '2026-02-01T10:00:00Z', usage: usage(0.002, engine()) }
  const ended = { id: 'e', session_id: 's', name: 'turn.ended', created_at: '2026-02-01T10:00:00Z', body: { turn } } as unknown as ServerEvent

  test('costs more with every turn, and each turn counts once', () => {
    const once = apply(empty(session), ended)
    expect(once.session?.usage?.cost_usd).toBe(0.002)
    expect(apply(once, ended).session?.usage?.cost_usd).toBe(0.002)
  })

  test('tells when its budget is nearly used up', () => {
    const event = { ...ended, name: 'session.budget', body: { of: 'session' } }
    expect(apply(empty(session), event).items).toMatchObject([{ text: 'The budget of this conversation is nearly used up.' }])
  })
})
