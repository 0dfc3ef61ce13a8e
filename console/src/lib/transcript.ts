import { sum } from './cost'
import { asks, standing, withStep } from './plans'
import { approval, outcome, settle, stepKey, type AskedCall, type Settled } from './questions'
import type { AgentState, Latency, Plan, ServerEvent, Session, Speaker, Step, ToolCall, Turn } from './wire'
import { FAILURES, vendor } from './vendors'
import { capital, plain, titled } from './words'

/** A turn as the page shows it; `open` while its words are still coming. */
export interface TurnItem {
  kind: 'turn'
  id: string
  at: string
  speaker: Speaker
  agent: string
  text: string
  open: boolean
  interrupted: boolean
  toolCalls: ToolCall[]
  latency: Latency | null
}

/** A plan, in the place where it was made. */
export interface PlanItem {
  kind: 'plan'
  id: string
  at: string
  plan: Plan
}

/** The word passes from one agent to another. */
export interface HandOffItem {
  kind: 'hand_off'
  id: string
  at: string
  from: string
  to: string
}

/** Something that is no turn but belongs between them: a guardrail, an error. */
export interface NoteItem {
  kind: 'note'
  id: string
  at: string
  tone: 'plain' | 'warning' | 'error'
  text: string
}

export type Item = TurnItem | NoteItem | PlanItem | HandOffItem

export interface Transcript {
  items: Item[]
  session: Session | null
  state: AgentState | null
  /** Who is in the session's call, here or elsewhere: `user`, and guests by their ids. */
  present: string[]
  /** Why the last call ended, until the next one begins. */
  left: string | null
  /** The single calls that the user was asked about, by their ids. */
  calls: Record<string, AskedCall>
  /** By which way questions were answered, as far as this page was told. */
  ways: Record<string, string>
  settled: Settled | null
  /** The last thing that must not be missed, in words: for who cannot see it. */
  told: string
}

/** The session's owner, as the server names its participants. */
export const USER = 'user'

export const empty = (session: Session | null = null): Transcript => ({
  items: [],
  session,
  state: null,
  present: presentIn(session),
  left: null,
  calls: {},
  ways: {},
  settled: null,
  told: '',
})

export const isLive = ({ present }: Transcript): boolean => present.length > 0

/** Older servers tell that somebody is in the call, and not who. */
function presentIn(session: Session | null): string[] {
  if (!session?.live) return []
  return session.participants?.length ? session.participants : [USER]
}

/** The session as the server keeps it. */
export const withSession = (before: Transcript, session: Session): Transcript => ({ ...before, session, present: presentIn(session) })

/** The user has left the call by this page: the server will tell so, too. */
export const withoutUser = (before: Transcript): Transcript => ({ ...before, state: null, present: before.present.filter((who) => who !== USER) })

/** The turns as the server keeps them; whatever the page knows of a turn of the same id gives way. */
export function withTurns(transcript: Transcript, turns: Turn[]): Transcript {
  return turns.reduce((before, turn) => ended(before, turn), transcript)
}

/** The plans as the server keeps them. */
export function withPlans(transcript: Transcript, plans: Plan[]): Transcript {
  return plans.reduce((before, plan) => withPlan(before, plan), transcript)
}

function withPlan(before: Transcript, plan: Plan): Transcript {
  if (planOf(before, plan.id)) return changePlan(before, plan.id, () => plan)
  return put(before, { kind: 'plan', id: plan.id, at: plan.created_at, plan })
}

export function planOf(transcript: Transcript, id: string): Plan | null {
  const found = transcript.items.find((item) => item.kind === 'plan' && item.id === id)
  return found?.kind === 'plan' ? found.plan : null
}

function changePlan(before: Transcript, id: string, to: (plan: Plan) => Plan): Transcript {
  const items = before.items.map((item) => (item.kind === 'plan' && item.id === id ? { ...item, plan: to(item.plan) } : item))
  return { ...before, items }
}

/** What the page shows after `event`. Applying an event twice changes nothing. */
export function apply(before: Transcript, event: ServerEvent): Transcript {
  const body = event.body
  switch (event.name) {
    case 'session.updated':
      return { ...before, session: { ...before.session, ...(body.session as Session) } }
    case 'session.state':
      return { ...before, state: body.state as AgentState }
    case 'session.ended':
      return sessionEnded(before, event)
    case 'participant.joined':
      return { ...before, present: [...new Set([...before.present, text(body.participant) || USER])], left: null }
    case 'participant.left':
      return participantLeft(before, event)
    case 'turn.started':
      return started(before, event)
    case 'turn.partial':
      return change(started(before, event), text(body.turn_id), (turn) =>
        turn.open ? { ...turn, text: text(body.text) } : turn,
      )
    case 'turn.ended':
      return paid(ended(before, body.turn as Turn), body.turn as Turn, before)
    case 'tool.started':
    case 'tool.ended':
      return tool(before, event, body.tool_call as ToolCall)
    case 'tool.approval':
      return approval(before, event)
    case 'plan.updated':
      return planUpdated(before, body.plan as Plan)
    case 'plan.step':
      return planStep(before, event, body.step as Step)
    case 'hand_off':
      return handOff(before, event)
    default:
      return noted(before, event)
  }
}

function participantLeft(before: Transcript, { body }: ServerEvent): Transcript {
  const who = text(body.participant) || USER
  const present = before.present.filter((other) => other !== who)
  // Guests come and go while the call goes on.
  if (present.length) return { ...before, present }
  return { ...closeAll(before), present, state: null, left: text(body.reason) }
}

function planUpdated(before: Transcript, plan: Plan): Transcript {
  const known = planOf(before, plan.id)
  const after = withPlan(before, plan)
  if (known?.status === plan.status || plan.status === 'waiting_approval') return after
  return { ...after, told: `Plan: ${standing(plan)}.` }
}

function planStep(before: Transcript, event: ServerEvent, step: Step): Transcript {
  const plan = planOf(before, text(event.body.plan_id))
  const old = plan?.steps.find((one) => one.index === step.index)
  if (!plan || !old) return before
  const after = changePlan(before, plan.id, (known) => withStep(known, step))
  if (asks(step) && !asks(old)) return { ...after, told: `Step ${step.index + 1}, ${titled(step.tool)}, waits for your approval.` }
  const answer = step.approval?.approved
  if (typeof answer !== 'boolean' || typeof old.approval?.approved === 'boolean') return after
  const key = stepKey(plan, step)
  const words = outcome(answer, before.ways[key], step.approval?.decided_by !== null)
  return settle(after, { key, tool: step.tool, words, approved: answer, at: event.created_at })
}

function handOff(before: Transcript, event: ServerEvent): Transcript {
  const from = text(event.body.from)
  const to = text(event.body.to)
  const session = before.session && { ...before.session, agent: to }
  if (before.items.some((item) => item.id === event.id)) return before
  return put({ ...before, session }, { kind: 'hand_off', id: event.id, at: event.created_at, from, to })
}

/** The items, with a hand-off before each turn of another agent than the one before, where none was told. */
export function withHandOffs(items: Item[]): Item[] {
  let speaks = ''
  return items.flatMap((item) => {
    if (item.kind === 'hand_off') speaks = item.to
    if (item.kind !== 'turn' || item.speaker !== 'agent' || !item.agent) return [item]
    const from = speaks
    speaks = item.agent
    if (!from || from === item.agent) return [item]
    return [{ kind: 'hand_off', id: `before ${item.id}`, at: item.at, from, to: item.agent }, item]
  })
}

function started(before: Transcript, { body, created_at }: ServerEvent): Transcript {
  const id = text(body.turn_id)
  if (!id || before.items.some((item) => item.id === id)) return before
  const speaker = (body.role ?? body.speaker) === 'user' ? 'user' : 'agent'
  const turn: TurnItem = {
    kind: 'turn',
    id,
    at: created_at,
    speaker,
    agent: text(body.agent),
    text: '',
    open: true,
    interrupted: false,
    toolCalls: [],
    latency: null,
  }
  // A speaker has one turn at a time: one that is still open was given up without a word.
  const others = before.items.filter((item) => item.kind !== 'turn' || !item.open || item.speaker !== speaker)
  return put({ ...before, items: others }, turn)
}

function ended(before: Transcript, turn: Turn): Transcript {
  const items = before.items.filter((item) => item.id !== turn.id)
  if (!turn.text && !turn.tool_calls.length) return { ...before, items }
  return put(
    { ...before, items },
    {
      kind: 'turn',
      id: turn.id,
      at: turn.started_at,
      speaker: (turn.role ?? turn.speaker) === 'user' ? 'user' : 'agent',
      agent: turn.agent,
      text: turn.text,
      open: false,
      interrupted: turn.interrupted,
      toolCalls: turn.tool_calls,
      latency: turn.latency,
    },
  )
}

/** A turn that was not known as ended adds to what the session has cost. */
function paid(after: Transcript, turn: Turn, before: Transcript): Transcript {
  const known = before.items.some((item) => item.kind === 'turn' && item.id === turn.id && !item.open)
  if (known || !after.session?.usage || !turn.usage) return after
  return { ...after, session: { ...after.session, usage: sum(after.session.usage, turn.usage) } }
}

function tool(before: Transcript, event: ServerEvent, call: ToolCall): Transcript {
  const withCall = (turn: TurnItem): TurnItem => {
    const known = turn.toolCalls.some((other) => other.id === call.id)
    const calls = known
      ? turn.toolCalls.map((other) => (other.id === call.id ? newer(other, call) : other))
      : [...turn.toolCalls, call]
    return { ...turn, toolCalls: calls }
  }
  const id = text(event.body.turn_id)
  if (id) return change(started(before, event), id, withCall)
  // Its turn was cut off while the tool ran.
  const owner = before.items.find((i) => i.kind === 'turn' && i.toolCalls.some((c) => c.id === call.id))
  return owner ? change(before, owner.id, withCall) : before
}

const newer = (old: ToolCall, call: ToolCall) =>
  call.status === 'running' && old.status !== 'running' ? old : call

/** Why a conversation ended, for its reader. */
const ENDINGS: Record<string, string> = {
  agent: 'The agent ended the conversation.',
  hung_up: 'The conversation was ended.',
  idle: 'The conversation has ended: nobody was in it for a long time.',
  limit: 'The conversation has ended: it reached its longest time.',
  budget: 'The conversation has ended: its budget is used up.',
  error: 'The conversation has ended: something failed on the server.',
  shutdown: 'The conversation has ended: the server was stopped.',
}

function sessionEnded(before: Transcript, event: ServerEvent): Transcript {
  const reason = text(event.body.end_reason)
  const session = before.session && { ...before.session, status: 'ended' as const, end_reason: reason, live: false }
  const closed = { ...closeAll(before), session, present: [], state: null, calls: {} }
  return note(closed, event, 'plain', ENDINGS[reason] ?? 'The conversation has ended.')
}

function noted(before: Transcript, event: ServerEvent): Transcript {
  const body = event.body
  switch (event.name) {
    case 'session.budget':
      return note(before, event, 'plain', budgetWords(body))
    case 'guardrail':
      return note(before, event, 'warning', guardrailWords(body))
    case 'error':
      return note(before, event, body.taken ? 'warning' : 'error', switched(body) || text(body.detail) || plain(text(body.slug)) || 'Something went wrong.')
    default:
      return before
  }
}

const PARTS: Record<string, string> = { stt: 'speech recognition', llm: 'agent', tts: 'voice', speech: 'voice agent' }

/** `OpenAI did not answer. The offline agent took over.`; empty where no engine failed. */
function switched({ part, provider, reason, taken }: Record<string, unknown>): string {
  if (typeof provider !== 'string' || !PARTS[text(part)]) return ''
  const what = `${vendor(provider)} ${FAILURES[text(reason)] ?? 'failed'}.`
  return taken ? `${what} ${capital(`the ${vendor(text(taken))} ${PARTS[text(part)]}`)} took over.` : `${what} No other ${PARTS[text(part)]} is left.`
}

function budgetWords(body: Record<string, unknown>): string {
  const whose = body.of === 'workspace' ? 'The budget of the workspace for this month' : 'The budget of this conversation'
  return `${whose} is nearly used up.`
}

const VERDICTS: Record<string, string> = { mask: 'masked', block: 'blocked', flag: 'flagged' }

function guardrailWords(body: Record<string, unknown>): string {
  const findings = Array.isArray(body.findings) ? body.findings : []
  const kinds = [...new Set(findings.map((f: Record<string, unknown>) => plain(text(f.kind) || text(f.check))))]
  const what = kinds.filter(Boolean).join(', ') || 'Something'
  const where = body.channel === 'output' ? 'what the agent said' : `the ${plain(text(body.channel)) || 'input'}`
  return `Guardrail: ${what} in ${where} was ${VERDICTS[text(body.action)] ?? 'noticed'}.`
}

function note(before: Transcript, event: ServerEvent, tone: NoteItem['tone'], words: string): Transcript {
  if (before.items.some((item) => item.id === event.id)) return before
  return put(before, { kind: 'note', id: event.id, at: event.created_at, tone, text: words })
}

/** The call is over: what was under way stays as far as it came. */
function closeAll(before: Transcript): Transcript {
  const items = before.items
    .filter((item) => item.kind !== 'turn' || !item.open || item.text || item.toolCalls.length)
    .map((item) => (item.kind === 'turn' && item.open ? { ...item, open: false } : item))
  return { ...before, items }
}

function change(before: Transcript, id: string, to: (turn: TurnItem) => TurnItem): Transcript {
  const items = before.items.map((item) => (item.kind === 'turn' && item.id === id ? to(item) : item))
  return { ...before, items }
}

/** Puts the item in its place by time; of two with the same time the earlier comer stays first. */
function put(before: Transcript, item: Item): Transcript {
  const later = before.items.findLastIndex((other) => other.at <= item.at)
  return { ...before, items: before.items.toSpliced(later + 1, 0, item) }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
