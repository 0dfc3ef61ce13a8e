/** The JSON shapes of the server, as `CONTRACT` and `/openapi.json` describe them. */

export interface User {
  id: string
  email: string
  name: string
  role: 'admin' | 'user'
  /** False for an account that a sign-in link made, until its owner sets one. */
  has_password?: boolean
}

export interface Invitation {
  token: string
  url: string
  expires_at: string
}

export interface SignedIn {
  user: User
  access_token: string
  refresh_token: string
  expires_in: number
}

/** Only admins are shown name and email. */
export interface Owner {
  id: string
  name: string | null
  email: string | null
}

export interface Session {
  id: string
  owner?: Owner
  agent: string
  status: 'created' | 'active' | 'paused' | 'ended'
  live: boolean
  /** Who is in its call: `user`, and guests by their ids. */
  participants?: string[]
  title: string | null
  created_at: string
  started_at: string | null
  ended_at: string | null
  end_reason: string | null
  /** What it has cost so far. */
  usage?: Usage
}

export interface EngineUsage {
  kind: 'stt' | 'llm' | 'tts'
  provider: string
  model: string
  cost_usd: number | null
  input_tokens: number
  output_tokens: number
  characters: number
  audio_secs: number
}

/** `cost_usd` is null as soon as the price of one engine is not known. */
export interface Usage {
  cost_usd: number | null
  currency: string
  engines: EngineUsage[]
}

export interface Agent {
  name: string
  title?: string
  greeting?: string | null
  language?: string | null
}

export interface Provider {
  kind: string
  provider: string | null
  reason?: string
}

/** One part of an agent as people call it: its ear, mind, voice or memory, and what would improve it. */
export interface InUse {
  kind: string
  provider: string | null
  name: string
  note: string | null
  better: { gain: string; command: string }[]
}

/** A provider that takes a key of the workspace's own. */
export interface KeyedProvider {
  name: string
  enterable: ('key' | 'base_url')[]
  configured: 'environment' | 'workspace' | null
  key_ends: string | null
  base_url: string | null
  updated_at: string | null
  problem: string | null
}

export type Speaker = 'user' | 'agent'
export type AgentState = 'listening' | 'thinking' | 'speaking'
export type ToolCallStatus = 'running' | 'done' | 'failed' | 'refused' | 'timed_out' | 'cancelled' | 'waiting_approval'

export interface ToolCall {
  id: string
  tool: string
  arguments: Record<string, unknown>
  status: ToolCallStatus
  result: unknown
  error: string | null
  duration_ms: number | null
}

/** Cumulative milliseconds after the end of the user's speech; null where a stage was not reached. */
export interface Latency {
  end_of_turn_ms?: number | null
  stt_final_ms?: number | null
  llm_first_token_ms?: number | null
  first_sentence_ms?: number | null
  tts_first_byte_ms?: number | null
  first_audio_ms?: number | null
}

export interface Turn {
  id: string
  /** Who spoke; the server names it `role`, older ones `speaker`. */
  role?: Speaker
  speaker?: Speaker
  agent: string
  text: string
  interrupted: boolean
  tool_calls: ToolCall[]
  latency: Latency | null
  usage?: Usage
  started_at: string
  ended_at: string | null
}

export type PlanStatus = 'draft' | 'running' | 'waiting_approval' | 'done' | 'failed' | 'cancelled'
export type StepStatus = 'pending' | 'running' | 'waiting_approval' | 'done' | 'failed' | 'rejected' | 'skipped' | 'unknown'

/** What the user is or was asked; `approved` is null until the answer, and what expires is a no by nobody. */
export interface Approval {
  /** Names the question in the answer; null once nothing is asked. */
  digest?: string | null
  approved: boolean | null
  decided_by: string | null
  decided_at: string | null
  expires_at: string
}

export interface Step {
  index: number
  tool: string
  arguments: Record<string, unknown>
  description: string
  /** The steps that must be done before it. */
  after: number[]
  status: StepStatus
  /** How often it was begun. */
  attempts?: number
  result: unknown
  error: string | null
  approval: Approval | null
  started_at: string | null
  ended_at: string | null
}

export interface Plan {
  id: string
  goal: string
  status: PlanStatus
  error: string | null
  steps: Step[]
  created_at: string
  started_at: string | null
  ended_at: string | null
}

/** A single tool call that waits for the user's yes. */
export interface WaitingCall {
  call_id: string
  tool: string
  arguments: Record<string, unknown>
  digest: string
  question?: string
  asked_at?: string
  expires_at?: string | null
}

/** One event of `GET /sessions/{id}/events`. */
export interface ServerEvent {
  id: string
  session_id: string
  name: string
  created_at: string
  body: Record<string, unknown>
}

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface ProviderPage extends Page<Provider> {
  in_use?: InUse[]
  providers?: KeyedProvider[]
}

export interface Reply {
  turn_id: string
  text: string
  tool_calls: ToolCall[]
}
