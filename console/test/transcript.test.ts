import { describe, expect, test } from 'vitest'
import { apply, empty, isLive, withTurns, type Transcript, type TurnItem } from '../src/lib/transcript'
import type { ServerEvent, Session, ToolCall, Turn } from '../src/lib/wire'

let count = 0
const event = (name: string, body: Record<string, unknown>): ServerEvent => {
  count += 1
  const created_at = `2026-02-01T10:00:00.${String(count).padStart(3, '0')}Z`
  return { id: `e${count}`, session_id: 's', name, created_at, body }
}
const turn = (id: string, more: Partial<Turn> = {}): Turn => ({
  id, role: 'agent', agent: 'guide', text: 'Hello.', interrupted: false, tool_calls: [], latency: null,
  started_at: '2026-02-01T10:00:00.000Z', ended_at: null, ...more,
})
const call = (more: Partial<ToolCall> = {}): ToolCall => ({
  id: 'c', tool: 'clock', arguments: {}, status: 'running', result: null, error: null, duration_ms: null, ...more,
})
const play = (events: ServerEvent[], from: Transcript = empty()) => events.reduce(apply, from)
const turns = (transcript: Transcript) => transcript.items.filter((item): item is TurnItem => item.kind === 'turn')

describe('turns', () => {
  test('a partial shows the words so far, and the end replaces them', () => {
    const partial = play([
      event('turn.started', { turn_id: 'a', role: 'user', agent: 'guide' }),
      event('turn.partial', { turn_id: 'a', role: 'user', agent: 'guide', text: 'what tie' }),
    ])
    expect(turns(partial)).toMatchObject([{ id: 'a', speaker: 'user', text: 'what tie', open: true }])
    const done = apply(partial, event('turn.ended', { turn: turn('a', { role: 'user', text: 'What time is it?' }) }))
    expect(turns(done)).toMatchObject([{ id: 'a', text: 'What time is it?', open: false }])
  })

  test('a page that comes in the middle begins the turn with its first partial', () => {
    const seen = play([event('turn.partial', { turn_id: 'a', speaker: 'agent', agent: 'guide', text: 'In Tokyo' })])
    expect(turns(seen)).toMatchObject([{ speaker: 'agent', text: 'In Tokyo', open: true }])
  })

  test('a late partial does not reopen a turn that has ended', () => {
    const seen = play([
      event('turn.ended', { turn: turn('a') }),
      event('turn.partial', { turn_id: 'a', role: 'agent', agent: 'guide', text: 'He' }),
    ])
    expect(turns(seen)).toMatchObject([{ text: 'Hello.', open: false }])
  })

  test('an interrupted turn keeps just what was heard', () => {
    const seen = play([
      event('turn.partial', { turn_id: 'a', role: 'agent', agent: 'guide', text: 'It is ten past' }),
      event('turn.ended', { turn: turn('a', { text: 'It is ten', interrupted: true }) }),
    ])
    expect(turns(seen)).toMatchObject([{ text: 'It is ten', interrupted: true }])
  })

  test('a cough leaves no trace once the same speaker begins anew', () => {
    const seen = play([
      event('turn.partial', { turn_id: 'cough', role: 'user', agent: 'guide', text: 'uh' }),
      event('turn.started', { turn_id: 'a', role: 'user', agent: 'guide' }),
    ])
    expect(turns(seen).map((item) => item.id)).toEqual(['a'])
  })

  test('an ended turn without words or tool calls disappears', () => {
    const seen = play([
      event('turn.started', { turn_id: 'a', role: 'user', agent: 'guide' }),
      event('turn.ended', { turn: turn('a', { text: '' }) }),
    ])
    expect(seen.items).toEqual([])
  })

  test('applying events twice changes nothing, so a stream may repeat itself', () => {
    const events = [
      event('turn.started', { turn_id: 'a', role: 'user', agent: 'guide' }),
      event('turn.ended', { turn: turn('a', { role: 'user', text: 'Hi' }) }),
      event('hand_off', { from: 'guide', to: 'sales_desk' }),
      event('session.state', { state: 'thinking' }),
    ]
    const once = play(events)
    expect(play(events, once)).toEqual(once)
  })

  test('the turns of the server and the events in any order give the same page', () => {
    const first = turn('a', { started_at: '2026-02-01T10:00:00.000Z' })
    const second = turn('b', { started_at: '2026-02-01T10:00:05.000Z' })
    const ended = event('turn.ended', { turn: second })
    const early = withTurns(apply(empty(), ended), [first, second])
    const late = apply(withTurns(empty(), [first, second]), ended)
    expect(early).toEqual(late)
    expect(turns(early).map((item) => item.id)).toEqual(['a', 'b'])
  })
})

describe('tool calls', () => {
  test('a call runs, then shows its result, in its turn', () => {
    const running = play([event('tool.started', { turn_id: 'a', tool_call: call() })])
    expect(turns(running)[0]?.toolCalls).toMatchObject([{ status: 'running' }])
    const done = apply(running, event('tool.ended', { turn_id: 'a', tool_call: call({ status: 'done', result: 4 }) }))
    expect(turns(done)[0]?.toolCalls).toMatchObject([{ status: 'done', result: 4 }])
  })

  test('a result that comes after its turn was cut off finds its call', () => {
    const seen = play([
      event('turn.ended', { turn: turn('a', { tool_calls: [call()] }) }),
      event('tool.ended', { turn_id: null, tool_call: call({ status: 'cancelled' }) }),
    ])
    expect(turns(seen)[0]?.toolCalls).toMatchObject([{ status: 'cancelled' }])
  })

  test('a start that is heard again does not undo an end', () => {
    const start = event('tool.started', { turn_id: 'a', tool_call: call() })
    const seen = play([start, event('tool.ended', { turn_id: 'a', tool_call: call({ status: 'done' }) }), start])
    expect(turns(seen)[0]?.toolCalls).toMatchObject([{ status: 'done' }])
  })
})

describe('session', () => {
  test('the end of a call closes open turns and tells why', () => {
    const seen = play([
      event('participant.joined', { participant: 'user', transport: 'webrtc' }),
      event('session.state', { state: 'speaking' }),
      event('turn.partial', { turn_id: 'a', role: 'agent', agent: 'guide', text: 'One mo' }),
      event('participant.left', { participant: 'user', reason: 'idle' }),
    ])
    expect(isLive(seen)).toBe(false)
    expect(seen).toMatchObject({ state: null, left: 'idle' })
    expect(turns(seen)).toMatchObject([{ text: 'One mo', open: false }])
  })

  test('the end of the session is shown, and its status with it', () => {
    const session = { id: 's', agent: 'guide', status: 'active', live: true } as Session
    const seen = play([event('session.ended', { end_reason: 'hung_up' })], empty(session))
    expect(seen.session?.status).toBe('ended')
    expect(seen.items).toMatchObject([{ kind: 'note', text: 'The conversation was ended.' }])
  })

  test('guardrails and errors are notes between the turns, in plain words', () => {
    const findings = [{ check: 'pii', kind: 'card_number', action: 'mask', score: 1 }]
    const seen = play([
      event('guardrail', { channel: 'input', action: 'mask', findings }),
      event('error', { slug: 'provider-error', detail: 'The voice failed.' }),
    ])
    expect(seen.items).toMatchObject([
      { tone: 'warning', text: 'Guardrail: card number in the input was masked.' },
      { tone: 'error', text: 'The voice failed.' },
    ])
  })

  test('events of names unknown to this page are left alone', () => {
    const before = empty()
    expect(apply(before, event('plan.started', {}))).toBe(before)
  })

  test('guests come and go while the call goes on', () => {
    const both = play([
      event('participant.joined', { participant: 'user', transport: 'webrtc' }),
      event('participant.joined', { participant: 'guest-1', transport: 'webrtc' }),
      event('turn.partial', { turn_id: 'a', role: 'agent', agent: 'guide', text: 'One mo' }),
      event('participant.left', { participant: 'guest-1', reason: 'hung_up' }),
    ])
    expect(both).toMatchObject({ present: ['user'], left: null })
    expect(turns(both)).toMatchObject([{ open: true }])
  })

  test('who is in a call that this page finds is who the server names', () => {
    const session = { id: 's', agent: 'guide', status: 'active', live: true } as Session
    expect(empty(session).present).toEqual(['user'])
    expect(empty({ ...session, participants: ['guest-1'] }).present).toEqual(['guest-1'])
    expect(empty({ ...session, live: false }).present).toEqual([])
  })

  test('a change of the session keeps what the event leaves out', () => {
    const session = { id: 's', agent: 'guide', status: 'active', owner: { id: 'u', name: 'Ben', email: null } } as Session
    const seen = apply(empty(session), event('session.updated', { session: { id: 's', agent: 'guide', status: 'paused' } }))
    expect(seen.session).toMatchObject({ status: 'paused', owner: { name: 'Ben' } })
  })

  test.each([
    ['agent', 'The agent ended the conversation.'],
    ['budget', 'The conversation has ended: its budget is used up.'],
    ['something_new', 'The conversation has ended.'],
  ])('the end by %s is told in a sentence', (end_reason, words) => {
    expect(play([event('session.ended', { end_reason })]).items).toMatchObject([{ text: words }])
  })

  test('an engine that failed is told with what took over', () => {
    const failed = { slug: 'provider-error', detail: 'd', part: 'llm', provider: 'openai', reason: 'connectivity', taken: 'offline' }
    const seen = play([event('error', failed), event('error', { ...failed, part: 'tts', reason: 'authentication', taken: null })])
    expect(seen.items).toMatchObject([
      { tone: 'warning', text: 'OpenAI did not answer. The offline agent took over.' },
      { tone: 'error', text: 'OpenAI refused the key. No other voice is left.' },
    ])
  })

  test('a turn that is under way stands where it began, before the plan that it made', () => {
    const started = event('turn.started', { turn_id: 'a', role: 'agent', agent: 'guide' })
    const plan = { id: 'p', goal: 'g', status: 'draft', steps: [], error: null, created_at: event('x', {}).created_at, started_at: null, ended_at: null }
    const seen = play([started, event('plan.updated', { plan }), event('turn.partial', { turn_id: 'a', role: 'agent', text: 'I have a plan' })])
    expect(seen.items.map((item) => item.id)).toEqual(['a', 'p'])
    const ended = apply(seen, event('turn.ended', { turn: turn('a', { started_at: started.created_at }) }))
    expect(ended.items.map((item) => item.id)).toEqual(['a', 'p'])
  })
})
