import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '../src/lib/problem'
import { Reach } from '../src/lib/reach.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a failure to reach the server stands until the server answers', () => {
  const reach = new Reach(async () => false)
  const failure = Problem.unreachable()
  reach.heard(false)
  expect(reach.standing(failure)).toBe(failure)
  reach.heard(true)
  expect(reach.standing(failure)).toBeNull()
})

test('other failures stand whatever the server answers', () => {
  const reach = new Reach(async () => true)
  const failure = new Problem(504, 'provider-timeout', 'T', 'no answer')
  reach.heard(true)
  expect(reach.standing(failure)).toBe(failure)
})

test('a server that is away is asked until it is back', async () => {
  const answers = [false, true]
  const reach = new Reach(async () => answers.shift() ?? expect.fail('asked once too often'))
  reach.heard(false)
  await vi.advanceTimersByTimeAsync(2000)
  expect(reach.lost).toBe(true)
  await vi.advanceTimersByTimeAsync(2000)
  expect(reach.lost).toBe(false)
  await vi.advanceTimersByTimeAsync(10_000)
})

test.each([
  [502, 'text/html', true],
  [504, '', true],
  [503, 'application/problem+json', false],
  [500, 'text/html', false],
])('status %i as %s is a proxy that has lost its server: %s', (status, type, expected) => {
  expect(Problem.ofProxy(new Response('', { status, headers: { 'Content-Type': type } }))).toBe(expected)
})
