/** Small choices of the person that this browser keeps; without storage they last as long as the page. */
const PREFIX = 'orion.'

export function recall(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? ''
  } catch {
    return ''
  }
}

export function remember(name: string, value: string): void {
  try {
    if (value) localStorage.setItem(PREFIX + name, value)
    else localStorage.removeItem(PREFIX + name)
  } catch {
    // A browser that keeps nothing is no reason to fail.
  }
}
