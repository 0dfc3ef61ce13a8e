import { recall, remember } from './memory'

export type Theme = 'system' | 'light' | 'dark'
export const THEMES: Theme[] = ['system', 'light', 'dark']

/** The theme chosen here; `system` follows the browser. */
export function chosenTheme(): Theme {
  const kept = recall('theme')
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function useTheme(theme: Theme): void {
  remember('theme', theme === 'system' ? '' : theme)
  document.documentElement.dataset.theme = theme
}
