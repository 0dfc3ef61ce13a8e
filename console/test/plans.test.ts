import { describe, expect, test } from 'vitest'
import { lasted, needs, rows, stages, standing } from '../src/lib/plans'
import { questions, withWaiting } from '../src/lib/questions'
import { apply, empty, planOf, withHandOffs, withPlans, type Transcript } from '../src/lib/transcript'
import type { Approval, Plan, ServerEvent, Step } from '../src/lib/wire'
import { brief, raw, readable, visible } from '../src/lib/words'

const step = (index: number, after: number[] = [], more: Partial<Step> = {}): Step => ({
  index, tool: 'note', arguments: {}, description: 'note', after, status: 'pending', attempts: 0, result: null, error: null,
  approval: null, started_at: null, ended_at: null, ...more,
})
const plan = (steps: Step[], more: Partial<Plan> = {}): Plan => ({
  id: '0192f0c1-a2b3-7c4d-8e5f-60718293a4b5', goal: 'all of it', status: 'running', error: null, steps,
  created_at: '2026-02-01T10:00:00.000Z', started_at: '2026-02-01T10:00:00.000Z', ended_at: null, ...more,
})
let count = 0
const event = (name: string, body: Record<string, unknown>): ServerEvent => ({
  id: `p${(count += 1)}`, session_id: 's', name, created_at: '2026-02-01T10:00:05.000Z', body,
})
const asked: Approval = { digest: 'd1', approved: null, decided_by: null, decided_at: null, expires_at: '2026-02-01T10:10:00.000Z' }
const at = (secs: number) => Date.parse('2026-02-01T10:00:00.000Z') + secs * 1000
const shown = (found: Plan, whole = false) =>
  rows(found, whole).map((row) => ('hidden' in row ? `${row.hidden.length} ${row.status}` : row.steps.map((one) => one.index)))

describe('plans', () => {
  test('steps stand in the earliest stage in which they may run', () => {
    const found = stages([step(0), step(1, [0]), step(2), step(3, [1, 2])])
    expect(found.map((stage) => stage.steps.map((one) => one.index))).toEqual([[0, 2], [1], [3]])
  })

  test('a step says what it needs where its place does not', () => {
    expect([needs(step(3, [1, 2]), [1, 2]), needs(step(3, [0]), [1, 2]), needs(step(0), [])]).toEqual(['', 'after 1', ''])
  })

  test('a long plan shows what happens and what is near, and all of it on demand', () => {
    const chain = Array.from({ length: 30 }, (_, i) => step(i, i ? [i - 1] : [], { status: i < 12 ? 'done' : i === 12 ? 'running' : 'pending' }))
    expect(shown(plan(chain))).toEqual(['10 done', [10], [11], [12], [13], [14], '15 pending'])
    expect(shown(plan(chain), true)).toHaveLength(30)
  })

  test('a failure far back stays in sight, and a few steps are not worth folding', () => {
    const chain = Array.from({ length: 14 }, (_, i) => step(i, i ? [i - 1] : [], { status: i === 4 ? 'failed' : i === 13 ? 'running' : 'done' }))
    expect(shown(plan(chain))).toEqual([[0], [1], [2], [3], [4], [5], [6], '4 done', [11], [12], [13]])
  })

  test('of a long plan that has not begun its first steps are shown', () => {
    expect(shown(plan(Array.from({ length: 20 }, (_, i) => step(i, i ? [i - 1] : [])), { status: 'draft' }))).toEqual([[0], [1], [2], '17 pending'])
  })

  test('time runs until the end', () => {
    const run = step(0, [], { status: 'running', started_at: '2026-02-01T10:00:04.000Z' })
    expect([lasted(run, at(10)), lasted(step(0), at(10))]).toEqual([6000, null])
    expect(lasted({ ...run, started_at: '2026-02-01T10:00:20.000Z' }, at(10)), 'a clock that goes wrong').toBe(0)
  })

  test('each status has words', () => {
    const steps = [step(0, [], { status: 'done' }), step(1)]
    const words = (['draft', 'running', 'waiting_approval', 'done', 'failed', 'cancelled'] as const).map((status) => standing(plan(steps, { status })))
    expect(words).toEqual([
      'Draft · 2 steps', 'Running · 1 of 2 done', 'Waits for you · 1 of 2 done', 'Done · 2 steps', 'Failed · 1 of 2 done', 'Cancelled · 1 of 2 done',
    ])
  })
})

describe('events of plans', () => {
  const waiting = plan([step(0, [], { tool: 'pay', status: 'waiting_approval', approval: asked })], { status: 'waiting_approval' })
  const known = withPlans(empty(), [waiting])
  const told = (before: Transcript, approval: Approval, status: Step['status'] = 'pending') =>
    apply(before, event('plan.step', { plan_id: waiting.id, step: { ...waiting.steps[0]!, status, approval } }))

  test('a step changes in its plan, and one of an unknown plan nowhere', () => {
    const changed = told(known, { ...asked, approved: true, decided_by: 'u' })
    expect(planOf(changed, waiting.id)?.steps[0]?.status).toBe('pending')
    expect(told(empty(), asked)).toEqual(empty())
  })

  test('what asks is asked, and no more when it is answered or its plan is over', () => {
    expect(questions(known)).toMatchObject([{ tool: 'pay', key: `${waiting.id}:0`, digest: 'd1', answerable: true }])
    expect(questions(told(known, { ...asked, approved: true, decided_by: 'u' }))).toEqual([])
    expect(questions(withPlans(known, [{ ...waiting, status: 'cancelled' }]))).toEqual([])
  })

  test('the way of an answer is told where it is known', () => {
    const yes = { ...asked, approved: true, decided_by: 'u' }
    expect(told(known, yes).settled?.words).toBe('Approved by you')
    const body = { call_id: `${waiting.id}:0`, tool: 'pay', arguments: {}, digest: 'd', state: 'approved', by: 'voice' }
    expect(told(apply(known, event('tool.approval', body)), yes).settled?.words).toBe('Approved by voice')
    expect(told(known, { ...asked, approved: false }, 'rejected').settled?.words).toBe('Expired: nobody said yes in time')
  })

  test('a single call is asked, and whether a draft may run is the draft’s own question', () => {
    const call = { call_id: 'c', tool: 'pay', arguments: { amount: 5 }, digest: 'd', state: 'asked', by: null }
    const single = apply(empty(), event('tool.approval', call))
    expect(questions(single)).toMatchObject([{ key: 'c', answerable: false }])
    expect(questions(withWaiting(single, [{ ...call, expires_at: asked.expires_at }], ''))).toMatchObject([{ answerable: true, expiresAt: asked.expires_at }])
    expect(questions(withWaiting(single, [], '')), 'a server that lists it no more').toEqual([])
    const drafted = withPlans(empty(), [plan([step(0)], { status: 'draft' })])
    const whole = apply(drafted, event('tool.approval', { ...call, tool: 'make_plan', arguments: { goal: 'all of it' } }))
    expect(questions(whole)).toEqual([])
  })
})

test('the word passes once, whether it was told or is seen by the turns', () => {
  const say = (id: string, agent: string) => ({
    kind: 'turn' as const, id, at: id, speaker: 'agent' as const, agent, text: 'x', open: false, interrupted: false, toolCalls: [], latency: null,
  })
  const kinds = (items: Transcript['items']) => withHandOffs(items).map((item) => item.kind)
  expect(kinds([say('1', 'a'), say('2', 'b'), say('3', 'b')])).toEqual(['turn', 'hand_off', 'turn', 'turn'])
  const telling = { kind: 'hand_off' as const, id: 'h', at: '1', from: 'a', to: 'b' }
  expect(kinds([say('1', 'a'), telling, say('2', 'b')])).toEqual(['turn', 'hand_off', 'turn'])
})

describe('texts of others', () => {
  test('what hides or turns around is written out, and all else stays', () => {
    expect(visible('a\u202eb\u200bc\u0007\tü\n日本 👍')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩\tü\n日本 👍')
    expect(visible('pay\u200dpal می\u200cخواهم 👩\u200d💻')).toBe('pay⟨U+200D⟩pal می\u200cخواهم 👩\u200d💻')
    expect(visible('\u{e0041}\u2028\ud800')).toBe('⟨U+E0041⟩⟨U+2028⟩⟨U+D800⟩')
  })

  test('values are texts as they are and JSON else, references in words', () => {
    expect([raw('5'), raw(5), raw({ a: [1] }), raw(undefined)]).toEqual(['5', '5', '{\n  "a": [\n    1\n  ]\n}', ''])
    expect(readable('at {{0.time}} or {{ 2 }}')).toBe('at ‹time of step 1› or ‹result of step 3›')
  })

  test('a result is told in a line', () => {
    expect([brief({ result: '108' }), brief({ spoken: 'Done.', at: 1 }), brief({ a: 1, b: [2] }), brief('x'), brief([1, 2])]).toEqual([
      '108', 'Done.', 'a: 1 · b: [2]', 'x', '[1,2]',
    ])
  })
})
