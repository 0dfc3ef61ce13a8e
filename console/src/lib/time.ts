/** `850 ms`, `1.24 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms >= 60_000) return `${Math.floor(ms / 60_000)} min ${Math.floor(ms / 1000) % 60} s`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** What a running clock shows: `0:07`, `12:40`. */
export function clock(ms: number): string {
  const secs = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(secs / 60)}:${String(secs % 60).padStart(2, '0')}`
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** `5 minutes ago`, `yesterday`; after a week the date. */
export function ago(iso: string, now = Date.now()): string {
  const secs = (Date.parse(iso) - now) / 1000
  if (secs > -45) return 'just now'
  if (secs > -3600) return relative.format(Math.round(secs / 60), 'minute')
  if (secs > -86_400) return relative.format(Math.round(secs / 3600), 'hour')
  if (secs > -7 * 86_400) return relative.format(Math.round(secs / 86_400), 'day')
  return new Date(iso).toLocaleDateString('en', { dateStyle: 'medium' })
}

export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}
