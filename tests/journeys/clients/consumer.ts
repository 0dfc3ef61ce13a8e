// Compiled against the packed client: what is right compiles, each line below an expect-error does not.
import { events, join, orion, OrionError, stream, type components } from '@orion-voice/client'

const client = orion('http://127.0.0.1:3000', 'key')
const { data, error } = await client.POST('/api/v1/sessions', { body: { title: 'A trip' } })
const id: string = data!.id
const detail: string = error!.detail
// @ts-expect-error a typo in a path
await client.POST('/api/v1/sesions', { body: { title: 'A trip' } })
// @ts-expect-error a wrong type in the body
await client.POST('/api/v1/sessions', { body: { title: 5 } })
// @ts-expect-error a wrong type of the answer
const number: number = data!.id

const place = { url: '', token: '', sessionId: id }
for await (const part of stream(place, 'hi')) {
  if (part.event === 'done') {
    const reply: components['schemas']['Reply'] = part.data
    // @ts-expect-error no such field
    console.log(reply.txt)
  }
}
for await (const event of events(place)) console.log(event.name, event.body)
console.log(detail, number, join, OrionError)
