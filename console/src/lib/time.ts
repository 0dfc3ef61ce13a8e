/** `850 ms`, `1.24 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
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
