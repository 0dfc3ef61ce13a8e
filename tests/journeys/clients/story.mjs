// A conversation by the generated TypeScript client: `story.mjs URL ACCESS_TOKEN`; prints the agent's answer.
import assert from 'node:assert/strict'
import { orion } from '../../../clients/typescript/dist/index.js'

const [url, token] = process.argv.slice(2)
const client = orion(url, token)
const { data: session } = await client.POST('/api/v1/sessions', { body: { title: 'A trip' } })
assert.equal(session.title, 'A trip')
const params = { path: { session_id: session.id } }
const { data: reply } = await client.POST('/api/v1/sessions/{session_id}/messages', { params, body: { text: 'two plus two' } })
assert.equal(reply.tool_calls[0].tool, 'calculator')
const { response } = await client.DELETE('/api/v1/sessions/{session_id}', { params })
assert.equal(response.status, 204)
const { error } = await client.GET('/api/v1/sessions/{session_id}', { params })
assert.equal(error.type, '/problems/not-found')
console.log(reply.text)
