import { describe, expect, test } from 'vitest'
import { Problem, inWords } from '../src/lib/problem'
import { grade } from '../src/lib/quality'
import { stages, total } from '../src/lib/stages'
import { ago, duration } from '../src/lib/time'

describe('errors', () => {
  test('a problem of the server is told with its fields', async () => {
    const body = { type: '/problems/invalid', title: 'T', detail: 'some fields are not acceptable', errors: [{ pointer: '/email', detail: 'too short' }] }
    const problem = await Problem.of(Response.json(body, { status: 422 }))
    expect(inWords(problem)).toBe('Some fields are not acceptable. Email: too short.')
  })

  test('an answer that is no problem still says something', async () => {
    expect(inWords(await Problem.of(new Response('<html>', { status: 502 })))).toBe('The server answered with status 502.')
  })

  test('known slugs have words of their own, with the time to wait', async () => {
    const response = Response.json({ type: '/problems/overloaded' }, { status: 503, headers: { 'Retry-After': '4' } })
    expect(inWords(await Problem.of(response))).toBe('The server is busy with other calls right now. Try again in 4 s.')
  })
})

describe('latency', () => {
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
