// A conversation by what is hand-written in the TypeScript client: `live.mjs URL ACCESS_TOKEN`.
import assert from 'node:assert/strict'
import { events, orion, OrionError, stream } from '../../../clients/typescript/dist/index.js'

const [url, token] = process.argv.slice(2)
const { data: session } = await orion(url, token).POST('/api/v1/sessions', { body: { title: 'A trip' } })
const place = { url, token, sessionId: session.id }
const ending = new AbortController()
const names = []
const following = (async () => {
  for await (const { name } of events(place, '', ending.signal)) names.push(name)
})()
await new Promise((resolve) => setTimeout(resolve, 1000))
const parts = []
for await (const part of stream(place, 'two plus two')) parts.push(part)
console.log(parts.filter(({ event }) => event === 'token').map(({ data }) => data.text).join(''))
console.log(parts.map(({ event }) => event).filter((event) => event !== 'token').join(' '))
await assert.rejects(stream({ ...place, token: 'nonsense' }, 'hello').next(), (error) => error instanceof OrionError && error.status === 401)
await assert.rejects(stream({ ...place, sessionId: '0192f0c1-a2b3-7c4d-8e5f-60718293a4b5' }, 'hello').next(), { slug: 'not-found' })
ending.abort()
await following
console.log(names.includes('turn.ended'))
