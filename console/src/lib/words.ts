/** Texts of tools and models, as they are shown: always as text, with nothing in them that hides or turns around. */

/**
 * Controls, formats (bidi marks, zero-width, tags), separators, surrogates without a partner; not tab and line feed,
 * and no joiner where scripts and emoji need it: after what is not ASCII.
 */
const UNSEEN = /[^\P{C}\t\n\u200c\u200d]|[\u2028\u2029\u115f\u1160\u3164\uffa0]|(?<=^|[\0-\x7f])[\u200c\u200d]/gu

/** The text with what cannot be seen written out: `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (mark) => `⟨U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
}

const REFERENCE = /\{\{\s*(\d{1,2})(?:\.([A-Za-z0-9_.-]+))?\s*\}\}/g

/** `{{0.time}}` -> `‹time of step 1›`. */
export function readable(value: unknown): string {
  return raw(value).replace(REFERENCE, (_, step, path) => `‹${path ? `${path} of` : 'result of'} step ${Number(step) + 1}›`)
}

/** A value exactly as it is: texts verbatim, everything else as JSON. */
export function raw(value: unknown): string {
  return visible(typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? ''))
}

const MOST_CHARS = 240

/** The beginning of a text, for where the whole stands elsewhere. */
export const begin = (text: string): string => (text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)} …` : text)

/** Name and value of each argument. */
export const entries = (args: unknown): [string, unknown][] =>
  args && typeof args === 'object' && !Array.isArray(args) ? Object.entries(args) : []

/** A result in a line: the words that its tool has for it (`spoken`), else its values by name, of one just the value. */
export function brief(result: unknown): string {
  const named = entries(result)
  const spoken = named.find(([name, value]) => name === 'spoken' && typeof value === 'string' && value)
  if (spoken) return readable(spoken[1])
  const only = named.length === 1 ? named[0] : undefined
  if (only && typeof only[1] !== 'object') return readable(only[1])
  return named.length ? named.map(([name, value]) => `${visible(name)}: ${flat(value)}`).join(' · ') : flat(result)
}

const flat = (value: unknown) => (typeof value === 'string' ? readable(value) : visible(JSON.stringify(value) ?? ''))

/** `hung_up` -> `hung up`. */
export const plain = (name: string): string => visible(name).replaceAll('_', ' ')

/** As a heading begins. */
export const capital = (text: string): string => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())

/** The one way in which a tool is named in headings and sentences: `open_safe` -> `Open safe`. */
export const titled = (name: string): string => capital(plain(name))
