import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema.js'

export * from './live.js'
export type * from './schema.js'

/** A client of the server at `url`, with an access token or an API key. */
export function orion(url: string, token: string): Client<paths> {
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } })
}
