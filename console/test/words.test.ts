import { describe, expect, test } from 'vitest'
import { Problem, inWords } from '../src/lib/problem'
import { Pulse, grade } from '../src/lib/quality'
import { ofSpeech, stages, total } from '../src/lib/stages'
import { ago, duration } from '../src/lib/time'
import { saved } from '../src/lib/vendors'

describe('errors', () => {
  test('a problem of the server is told with its fields', async () => {
    const body = { type: '/problems/invalid', title: 'T', detail: 'some fields are not acceptable', errors: [{ pointer: '/email', detail: 'too short' }] }
    const problem = await Problem.of(Response.json(body, { status: 422 }))
    expect(inWords(problem)).toBe('Some fields are not acceptable. Email: too short.')
  })

  test('what the detail says already is not said again by its field', async () => {
    const detail = 'this password is one of the commonest; choose another'
    const body = { type: '/problems/invalid', detail, errors: [{ pointer: '/password', detail: `${detail}.` }, { pointer: '/email', detail: 'too short' }] }
    const problem = await Problem.of(Response.json(body, { status: 422 }))
    expect(inWords(problem)).toBe('This password is one of the commonest; choose another. Email: too short.')
  })

  test('a key that was saved and does not work is told with what to do', () => {
    expect(saved('openai', 'openai: connectivity; it cannot be reached: look at the address and the network')).toBe(
      'Saved, but OpenAI could not be reached. Check the address and the network.',
    )
    expect(saved('deepgram', 'deepgram: authentication')).toBe('Saved, but Deepgram refused the key. Check the key.')
    expect(saved('acme', 'the key cannot be opened any more')).toBe('Saved, but it does not work yet: the key cannot be opened any more')
  })

  test('an answer that is no problem still says something', async () => {
    expect(inWords(await Problem.of(new Response('<html>', { status: 502 })))).toBe('The server answered with status 502.')
  })

  test('known slugs have words of their own, with the time to wait', async () => {
    const response = Response.json({ type: '/problems/overloaded' }, { status: 503, headers: { 'Retry-After': '4' } })
    expect(inWords(await Problem.of(response))).toBe('The server is busy with other calls right now. Try again in 4 s.')
  })
})

describe('pulse', () => {
  test('a voice of which nothing comes for a second and a half has stalled, until something comes', () => {
    const pulse = new Pulse(0)
    expect([pulse.stalled(50, 500), pulse.stalled(50, 1000), pulse.stalled(50, 2000)]).toEqual([false, false, true])
    expect(pulse.stalled(51, 2500)).toBe(false)
  })
})

describe('latency', () => {
  test('times count from the end of speech only where something was spoken', () => {
    expect(ofSpeech(latency)).toBe(true)
    expect(ofSpeech({ llm_first_token_ms: 12 })).toBe(false)
    expect(ofSpeech(null)).toBe(false)
  })

  const latency = { end_of_turn_ms: 320, stt_final_ms: 280, llm_first_token_ms: 610, tts_first_byte_ms: null, first_audio_ms: 900 }

  test('each stage begins where the latest before it ended', () => {
    expect(stages(latency).map(({ start, end }) => [start, end])).toEqual([[0, 320], [280, 280], [320, 610], [610, 900]])
  })

  test('the total is when the answer was heard; nothing measured is no total', () => {
    expect(total(latency)).toBe(900)
    expect(total({})).toBeNull()
    expect(total(null)).toBeNull()
  })
})

test('durations and times are short', () => {
  expect([duration(12.4), duration(1432)]).toEqual(['12 ms', '1.43 s'])
  const now = Date.parse('2026-02-01T10:00:00Z')
  expect(ago('2026-02-01T09:55:00Z', now)).toBe('5 minutes ago')
  expect(ago('2026-02-01T09:59:50Z', now)).toBe('just now')
})

test('the connection is graded by round trip and loss', () => {
  expect([grade(40, 0), grade(250, 0), grade(40, 8)]).toEqual(['good', 'fair', 'poor'])
})
