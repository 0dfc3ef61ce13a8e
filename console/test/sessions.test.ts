import { expect, test } from 'vitest'
import { renewed } from '../src/lib/renewed'
import { tabTitle } from '../src/lib/title'
import type { Session } from '../src/lib/wire'

const sessions = (...ids: string[]) => ids.map((id) => ({ id }) as Session)
const ids = (list: Session[]) => list.map((session) => session.id)

test('the newest page replaces what is as new, and keeps the older ones that were read on', () => {
  expect(ids(renewed(sessions('5', '4', '3', '2'), sessions('6', '5', '4'), false))).toEqual(['6', '5', '4', '3', '2'])
})

test('what was deleted meanwhile is gone', () => {
  expect(ids(renewed(sessions('5', '4', '3', '2'), sessions('5', '3'), false))).toEqual(['5', '3', '2'])
  expect(ids(renewed(sessions('5', '4'), sessions('5'), true))).toEqual(['5'])
  expect(renewed(sessions('5'), [], true)).toEqual([])
})

test('the tab names the conversation, and whether a call is live in it', () => {
  expect(tabTitle({ name: '', live: false, muted: false })).toBe('ORION')
  expect(tabTitle({ name: 'Reception', live: false, muted: false })).toBe('Reception · ORION')
  expect(tabTitle({ name: 'Reception', live: true, muted: false })).toBe('● Live call: Reception · ORION')
  expect(tabTitle({ name: 'Reception', live: true, muted: true })).toBe('● Muted call: Reception · ORION')
})
