import { createSubscriber } from 'svelte/reactivity'

const TICK_MS = 250
const SLOW_TICK_MS = 10_000
/** `Date` has whole seconds: what is nearer than this is the same time. */
const SAME_MS = 2000

let offset = 0

/** Takes note of when the server answered (RFC 9110, 6.6.1), between two times of this machine. */
export function heardAt(date: string | null, sent: number, received: number): void {
  const told = Date.parse(date ?? '')
  if (Number.isNaN(told)) return
  const found = told + 500 - (sent + received) / 2
  offset = Math.abs(found) < SAME_MS ? 0 : found
}

const every = (ms: number) =>
  createSubscriber((update) => {
    const timer = setInterval(update, ms)
    return () => clearInterval(timer)
  })

const ticks = every(TICK_MS)
const slowTicks = every(SLOW_TICK_MS)

/** The server's time in ms, as far as it is known; read in an effect or a template, it goes on. */
export function now(): number {
  ticks()
  return Date.now() + offset
}

/** The same where minutes count. */
export function about(): number {
  slowTicks()
  return Date.now() + offset
}

/** The same, once. */
export const serverTime = (): number => Date.now() + offset
