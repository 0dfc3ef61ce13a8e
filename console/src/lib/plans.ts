import type { Plan, Step, StepStatus } from './wire'

/** Steps that may run at the same time: each needs only steps of earlier stages. */
export interface Stage {
  steps: Step[]
  /** Places of the steps of the stage before. */
  before: number[]
}

/** Stages that are folded away; all their steps have one status. */
export interface Gap {
  hidden: Stage[]
  status: StepStatus
}

export type Row = Stage | Gap

const OVER = new Set(['done', 'failed', 'cancelled'])
const QUIET = new Set<StepStatus>(['done', 'pending', 'skipped'])
/** A plan up to this length is shown whole. */
const WHOLE = 10
/** So many neighbours of what happens stay unfolded, and so few are not worth folding. */
const NEAR = 2

export const over = (plan: Plan): boolean => OVER.has(plan.status)

/** The user is asked about the step, and has not answered yet. */
export const asks = (step: Step): boolean =>
  (step.status === 'waiting_approval' || step.status === 'unknown') && step.approval?.approved === null

export function withStep(plan: Plan, step: Step): Plan {
  return { ...plan, steps: plan.steps.map((old) => (old.index === step.index ? step : old)) }
}

/** The steps by the earliest stage in which each may run. */
export function stages(steps: Step[]): Stage[] {
  const found: Stage[] = []
  const levels = new Map<number, number>()
  for (const step of [...steps].sort((a, b) => a.index - b.index)) {
    const level = Math.max(-1, ...step.after.map((index) => levels.get(index) ?? -1)) + 1
    levels.set(step.index, level)
    const stage = found[level]
    if (stage) stage.steps.push(step)
    else found[level] = { steps: [step], before: [] }
  }
  return found.map((stage, at) => ({ ...stage, before: found[at - 1]?.steps.map((step) => step.index) ?? [] }))
}

/** A step that needs just the whole stage before it says so by its place; any other names what it needs. */
export function needs(step: Step, before: number[]): string {
  const same = step.after.length === before.length && step.after.every((index) => before.includes(index))
  if (!step.after.length || same) return ''
  return `after ${step.after.map((index) => index + 1).join(', ')}`
}

/** What is shown of a plan's stages: all of a short one; of a long one what happens, fails or asks, and what is near. */
export function rows(plan: Plan, whole: boolean): Row[] {
  const all = stages(plan.steps)
  if (whole || plan.steps.length <= WHOLE) return all
  const loud = all.map(isLoud)
  const next = all.findIndex((stage) => stage.steps.some((step) => step.status === 'pending'))
  if (!loud.includes(true)) loud[next < 0 ? all.length - 1 : next] = true
  const found: Row[] = []
  all.forEach((stage, at) => {
    const status = stage.steps[0]?.status
    const last = found.at(-1)
    if (!status || loud.slice(Math.max(0, at - NEAR), at + NEAR + 1).includes(true)) found.push(stage)
    else if (last && 'hidden' in last && last.status === status) last.hidden.push(stage)
    else found.push({ hidden: [stage], status })
  })
  return found.flatMap((row) => ('hidden' in row && row.hidden.length <= NEAR ? row.hidden : [row]))
}

function isLoud({ steps }: Stage): boolean {
  return steps.some((step) => !QUIET.has(step.status) || step.status !== steps[0]?.status)
}

const count = (plan: Plan, ...statuses: StepStatus[]) => plan.steps.filter((step) => statuses.includes(step.status)).length

/** Where the plan stands, in a few words. */
export function standing(plan: Plan): string {
  const { length } = plan.steps
  const done = count(plan, 'done')
  switch (plan.status) {
    case 'draft':
      return `Draft · ${length === 1 ? '1 step' : `${length} steps`}`
    case 'running':
      return `Running · ${done} of ${length} done`
    case 'waiting_approval':
      return `Waits for you · ${done} of ${length} done`
    case 'done':
      return length === 1 ? 'Done' : `Done · ${length} steps`
    case 'failed':
      return `Failed · ${done} of ${length} done`
    default:
      return `Cancelled · ${done} of ${length} done`
  }
}

/** Milliseconds from the beginning of a plan or step to its end, or to `now`; null before it has begun. */
export function lasted(one: { started_at: string | null; ended_at: string | null }, now: number): number | null {
  if (!one.started_at) return null
  const end = one.ended_at ? Date.parse(one.ended_at) : now
  return Math.max(0, end - Date.parse(one.started_at))
}

/** How often a step was begun again. */
export const retries = (step: Step): number => Math.max(0, (step.attempts ?? 0) - 1)
