import { describe, expect, test } from 'vitest'
import { Problem } from '../src/lib/problem'
import { Parser, backOffMs, follow, type Message } from '../src/lib/sse'

const streamOf = (text: string) => new Response(text)

describe('the parser', () => {
  test('reads id, name and data, however the network cuts the stream', () => {
    const text = 'id: 7\nevent: turn.ended\ndata: {"a":\ndata: 1}\n\n: still here\n\n'
    const parser = new Parser()
    const messages = [...text].flatMap((piece) => parser.push(piece))
    expect(messages).toEqual([{ id: '7', event: 'turn.ended', data: '{"a":\n1}' }])
  })

  test('takes the line ends of every system, and keeps the id for the messages that follow', () => {
    expect(new Parser().push('id: 1\r\ndata: a\r\n\r\ndata: b\n\n')).toEqual([
      { id: '1', event: 'message', data: 'a' },
      { id: '1', event: 'message', data: 'b' },
    ])
  })
})

describe('following', () => {
  test('resumes after the last event that was seen', async () => {
    const stop = new AbortController()
    const asked: string[] = []
    const seen: Message[] = []
    await follow(
      {
        open: async (lastId) => {
          asked.push(lastId)
          if (asked.length === 2) stop.abort()
          return streamOf('id: 3\ndata: x\n\n')
        },
        message: (message) => seen.push(message),
        up: () => {},
        down: () => {},
      },
      stop.signal,
    )
    expect(asked).toEqual(['', '3'])
  }, 5000)

  test('gives up on a session that is not there', async () => {
    let opened = 0
    const open = async () => {
      opened += 1
      throw new Problem(404, 'not-found', 'Not found', '')
    }
    await follow({ open, message: () => {}, up: () => {}, down: () => {} }, new AbortController().signal)
    expect(opened).toBe(1)
  })

  test('waits longer after each failure, up to 18 seconds', () => {
    expect(backOffMs(0)).toBeLessThanOrEqual(600)
    expect(backOffMs(3)).toBeGreaterThanOrEqual(4000)
    expect(backOffMs(40)).toBeLessThanOrEqual(18_000)
  })
})
