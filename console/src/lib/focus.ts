/** What can have the focus and is not switched off. */
const FOCUSABLE = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]'

/** Where something stands: its parent, and what comes before it there, nearest first. */
interface Place {
  parent: Element
  before: Element[]
}

/**
 * Keeps the focus near where it was: what takes it away with it, because it is replaced or removed, leaves it to
 * what stands in its place. A container names who is to have it by a selector in `data-heir`.
 */
class FocusKeeper {
  /** Where the focus was put from here, until the user moves it. */
  #rested: Element | null = null
  #last: HTMLElement | null = null
  #places: Place[] = []

  start(root: Document): void {
    root.addEventListener('focusin', ({ target }) => this.#note(target as HTMLElement))
    root.addEventListener('keydown', () => (this.#rested = null), true)
    root.addEventListener('pointerdown', ({ target }) => this.#pressed(target), true)
    new MutationObserver(() => this.#changed(root)).observe(root.body, {
      childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'hidden'],
    })
  }

  /** The user does nothing on the page: the focus is nowhere, or was put where it is from here. */
  idle(): boolean {
    const active = document.activeElement
    return !active || active === document.body || active === this.#rested
  }

  #pressed(target: EventTarget | null): void {
    this.#rested = null
    // Who clicks beside all controls takes the focus away on purpose.
    if (!(target as Element | null)?.closest?.(`${FOCUSABLE}, label`)) this.#last = null
  }

  #note(element: HTMLElement): void {
    if (element !== this.#rested) this.#rested = null
    this.#last = element
    this.#places = placesOf(element)
  }

  #changed(root: Document): void {
    const last = this.#last
    if (!last || (root.activeElement && root.activeElement !== root.body)) {
      if (last?.isConnected) this.#places = placesOf(last)
      return
    }
    if (last.isConnected) {
      // A button that was switched off while it worked is on again.
      if (usable(last)) this.#give(last)
      return
    }
    const place = this.#places.find(({ parent }) => parent.isConnected)
    const heir = place && heirIn(place)
    if (heir) this.#give(heir)
  }

  #give(heir: HTMLElement): void {
    this.#rested = heir
    heir.focus({ preventScroll: true })
  }
}

const usable = (element: HTMLElement): boolean => element.matches(FOCUSABLE) && element.checkVisibility()

function placesOf(element: Element): Place[] {
  const places: Place[] = []
  for (let at = element; at.parentElement; at = at.parentElement) {
    const before: Element[] = []
    for (let other = at.previousElementSibling; other; other = other.previousElementSibling) before.push(other)
    places.push({ parent: at.parentElement, before })
  }
  return places
}

/** Who is named, else the first control from the place on, else the last one before it. */
function heirIn({ parent, before }: Place): HTMLElement | undefined {
  const controls = (selector: string) => [...parent.querySelectorAll<HTMLElement>(selector)].filter(usable)
  const named = parent.getAttribute('data-heir')
  const heir = named ? [...parent.querySelectorAll<HTMLElement>(named)].find((one) => one.checkVisibility()) : undefined
  // One that is switched off for the moment is waited for.
  if (heir) return usable(heir) ? heir : undefined
  const gone = before.find((one) => one.isConnected)
  const all = controls(FOCUSABLE)
  const after = (one: Element) => !gone || (gone.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING && !gone.contains(one))
  return all.find(after) ?? all.at(-1)
}

export const focusKeeper = new FocusKeeper()
