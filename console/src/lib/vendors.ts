import { capital, plain } from './words'

const NAMES: Record<string, string> = {
  openai: 'OpenAI', anthropic: 'Anthropic', deepgram: 'Deepgram', elevenlabs: 'ElevenLabs', ollama: 'Ollama',
  pocketsphinx: 'PocketSphinx', moonshine: 'Moonshine', moonshine_tiny: 'Moonshine', hibari: 'Hibari', whisper: 'Whisper', kokoro: 'Kokoro', piper: 'Piper', espeak: 'eSpeak', offline: 'offline',
}

/** As a vendor or an engine calls itself. */
export const vendor = (name: string): string => NAMES[name] ?? capital(plain(name))

/** Why an engine failed, after its name; what is not here did not work for a reason of its own. */
export const FAILURES: Record<string, string> = {
  authentication: 'refused the key',
  authorization: 'refused: the key is not allowed to do this',
  quota: 'refused: the quota is used up',
  rate_limit: 'refused: it had too many requests',
  invalid_request: 'refused the request',
  connectivity: 'did not answer',
  server: 'had a fault',
  timeout: 'did not answer in time',
  'no answer in time': 'did not answer in time',
  'nothing in time': 'did not answer in time',
  'no words': 'gave no answer',
  'no audio': 'gave no sound',
}

const ADVICE: Record<string, string> = {
  authentication: 'Check the key.',
  authorization: 'Give the key more rights, or enter another one.',
  quota: 'Raise the quota, or enter another key.',
  rate_limit: 'It will work again in a while.',
  connectivity: 'Check the address and the network.',
  invalid_request: 'Check the address.',
  server: 'It will work again when the vendor has repaired it.',
}

/** What to tell of a key that was saved and does not work: `openai: connectivity; ...` in words. */
export function saved(name: string, problem: string): string {
  const category = /^\w+: (\w+)/.exec(problem)?.[1] ?? ''
  if (!ADVICE[category]) return `Saved, but it does not work yet: ${problem}`
  const failed = category === 'connectivity' ? 'could not be reached' : FAILURES[category]
  return `Saved, but ${vendor(name)} ${failed}. ${ADVICE[category]}`
}
