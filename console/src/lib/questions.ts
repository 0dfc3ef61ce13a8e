import { asks, over } from './plans'
import type { Transcript } from './transcript'
import type { Plan, ServerEvent, Step, WaitingCall } from './wire'
import { titled } from './words'

/** A single call that waited for a yes, or waits. */
export interface AskedCall extends WaitingCall {
  state: 'asked' | 'approved' | 'rejected' | 'expired'
  at: string
  agent: string
  /** The server takes the answer over REST. */
  answerable: boolean
}

/** What the user is asked: exactly this tool with exactly these arguments. */
export interface Question {
  key: string
  tool: string
  arguments: Record<string, unknown>
  digest: string
  at: string
  expiresAt: string | null
  plan: Plan | null
  index: number
  agent: string
  /** It was interrupted, and nobody knows whether it has happened: a yes repeats it. */
  again: boolean
  answerable: boolean
}

/** What became of a question. */
export interface Settled {
  key: string
  tool: string
  words: string
  approved: boolean
  at: string
}

const WAYS: Record<string, string> = {
  voice: 'by voice',
  text: 'in writing',
  key: 'by a key press',
  page: 'on this page',
  rest: 'over REST',
}
const IN_PLAN = /^[0-9a-f-]{36}:\d+$/

export const stepKey = (plan: Plan, step: Step): string => `${plan.id}:${step.index}`

/** `Approved by voice`; `way` is empty where only the answer is known. */
export function outcome(approved: boolean, way: string | undefined, byUser = true): string {
  if (!approved && (way === 'time' || !byUser)) return 'Expired: nobody said yes in time'
  return `${approved ? 'Approved' : 'Rejected'} ${WAYS[way ?? ''] ?? 'by you'}`
}

/** The outcome of a step's question; empty while there is none. */
export function decided(transcript: Transcript, plan: Plan, step: Step): string {
  const asked = step.approval
  if (!asked || asked.approved === null) return ''
  return outcome(asked.approved, transcript.ways[stepKey(plan, step)], asked.decided_by !== null)
}

/** All that is asked now, first come first. */
export function questions(transcript: Transcript): Question[] {
  const plans = transcript.items.flatMap((item) => (item.kind === 'plan' ? [item.plan] : []))
  const steps = plans.filter((plan) => !over(plan)).flatMap((plan) => plan.steps.filter(asks).map((step) => ofStep(plan, step)))
  const calls = Object.values(transcript.calls)
    .filter((call) => call.state === 'asked' && !plans.some((plan) => drafts(plan, call)))
    .map(ofCall)
  return [...calls, ...steps].sort((a, b) => a.at.localeCompare(b.at))
}

/** The call asks whether this draft shall run: the draft itself shows that. */
export const drafts = (plan: Plan, call: WaitingCall): boolean => call.tool === 'make_plan' && call.arguments.goal === plan.goal

function ofStep(plan: Plan, step: Step): Question {
  const again = step.status === 'unknown'
  const expiresAt = step.approval?.expires_at ?? null
  const shared = { key: stepKey(plan, step), tool: step.tool, arguments: step.arguments, digest: step.approval?.digest ?? '', agent: '' }
  return { ...shared, at: expiresAt ?? '', expiresAt, plan, index: step.index, again, answerable: true }
}

function ofCall(call: AskedCall): Question {
  const shared = { key: call.call_id, tool: call.tool, arguments: call.arguments, digest: call.digest, agent: call.agent }
  return { ...shared, at: call.expires_at ?? call.at, expiresAt: call.expires_at ?? null, plan: null, index: -1, again: false, answerable: call.answerable }
}

/** What `tool.approval` tells. Of a plan's step the plan itself knows all but the way of the answer. */
export function approval(before: Transcript, { body, created_at }: ServerEvent): Transcript {
  const call = body as unknown as WaitingCall & { state: string; by: string | null }
  if (typeof call.call_id !== 'string' || typeof call.tool !== 'string') return before
  const known = before.calls[call.call_id]
  const state = call.state as AskedCall['state']
  const mine = before.ways[call.call_id] === 'page'
  const way = state === 'expired' ? 'time' : mine ? 'page' : (call.by ?? '')
  const ways = state === 'asked' ? before.ways : { ...before.ways, [call.call_id]: way }
  if (IN_PLAN.test(call.call_id)) return { ...before, ways }
  const { call_id, tool, digest } = call
  const expires_at = call.expires_at ?? (known?.digest === digest ? known.expires_at : null) ?? null
  const answerable = known?.digest === digest && known.answerable
  const one = { call_id, tool, digest, arguments: call.arguments ?? {}, state, at: created_at, expires_at, answerable }
  const after = { ...before, ways, calls: { ...before.calls, [call_id]: { ...one, agent: before.session?.agent ?? '' } } }
  if (state === 'asked') return { ...after, told: `${titled(tool)} waits for your approval.` }
  // Whether a plan may run is told by the plan.
  if (before.items.some((item) => item.kind === 'plan' && drafts(item.plan, after.calls[call_id]!))) return after
  const words = outcome(state === 'approved', way)
  return settle(after, { key: call_id, tool, words, approved: state === 'approved', at: created_at })
}

export function settle(before: Transcript, settled: Settled): Transcript {
  return { ...before, settled, told: `${titled(settled.tool)}: ${settled.words}.` }
}

/** The calls that wait, as the server lists them: what it does not list any more is asked no longer. */
export function withWaiting(before: Transcript, listed: WaitingCall[], at: string): Transcript {
  const calls = Object.fromEntries(Object.entries(before.calls).filter(([, call]) => call.state !== 'asked'))
  for (const call of listed.filter((one) => !IN_PLAN.test(one.call_id))) {
    const agent = before.calls[call.call_id]?.agent ?? before.session?.agent ?? ''
    const since = before.calls[call.call_id]?.at ?? call.asked_at ?? at
    calls[call.call_id] = { ...call, state: 'asked', at: since, agent, answerable: true }
  }
  return { ...before, calls }
}
