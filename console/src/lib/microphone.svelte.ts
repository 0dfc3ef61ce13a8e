import type { PipecatClientOptions, RTVIEventCallbacks, Tracks } from '@pipecat-ai/client-js'
import { Meter } from './level'
import { recall, remember } from './memory'

export type MicrophoneProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'unknown'

const LOCAL = { id: 'local', name: '', local: true }

/**
 * The person's microphone and speaker, as Pipecat's transports want their media manager to be.
 * Without a microphone (denied, missing) a call still goes on: the person listens and types.
 */
export class Microphone {
  mics = $state<MediaDeviceInfo[]>([])
  speakers = $state<MediaDeviceInfo[]>([])
  micId = $state(recall('microphone'))
  speakerId = $state(recall('speaker'))
  problem = $state<MicrophoneProblem | null>(null)
  open = $state(false)
  enabled = $state(true)
  readonly supportsScreenShare = false
  readonly isCamEnabled = false
  readonly isSharingScreen = false

  #stream: MediaStream | null = null
  #meter: Meter | null = null
  #sender: RTCRtpSender | null = null
  #callbacks: RTVIEventCallbacks = {}

  constructor() {
    if (!navigator.mediaDevices) {
      this.problem = 'insecure'
      return
    }
    navigator.mediaDevices.addEventListener('devicechange', () => void this.#list())
    void this.#list()
  }

  /** How loud the person is, 0 to 1; 0 while muted. */
  level = (): number => (this.enabled && this.#meter ? this.#meter.read() : 0)

  /** Opens the chosen microphone, or another one if it is gone. Sets `problem` instead of failing. */
  async start(): Promise<void> {
    if (this.#stream?.getAudioTracks().some((track) => track.readyState === 'live')) return
    if (!navigator.mediaDevices) {
      this.problem = 'insecure'
      return
    }
    try {
      await this.#use(await capture(this.micId))
      this.problem = null
    } catch (error) {
      this.problem = problemOf(error)
    }
    await this.#list()
  }

  /** Lets go of the microphone: the browser's recording sign goes out. */
  stop(): void {
    this.#stream?.getTracks().forEach((track) => track.stop())
    this.#meter?.close()
    this.#stream = this.#meter = this.#sender = null
    this.open = false
  }

  /** Sends through `sender` from now on, whichever microphone is chosen later. */
  async sendBy(sender: RTCRtpSender): Promise<void> {
    this.#sender = sender
    const track = this.#stream?.getAudioTracks()[0]
    if (!track) return
    // The transport stops the tracks of a connection that it replaces, so each gets a copy.
    const copy = track.clone()
    copy.enabled = this.enabled
    const old = sender.track
    await sender.replaceTrack(copy)
    old?.stop()
  }

  async #use(stream: MediaStream): Promise<void> {
    const sender = this.#sender
    this.stop()
    this.#stream = stream
    this.#meter = new Meter(stream)
    this.open = true
    const track = stream.getAudioTracks()[0]
    if (!track) return
    track.enabled = this.enabled
    track.addEventListener('ended', () => void this.#lost(stream))
    this.micId = track.getSettings().deviceId ?? this.micId
    this.#callbacks.onTrackStarted?.(track, LOCAL)
    if (sender) await this.sendBy(sender)
  }

  /** The device was unplugged: go on with another one. */
  async #lost(stream: MediaStream): Promise<void> {
    if (this.#stream !== stream) return
    this.micId = ''
    this.open = false
    await this.start()
  }

  async #list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => [])
    // Before the permission devices have no id: there is nothing to choose yet.
    const named = (kind: string) => devices.filter((device) => device.kind === kind && device.deviceId)
    this.mics = named('audioinput')
    this.speakers = canChooseSpeaker() ? named('audiooutput') : []
    this.#callbacks.onAvailableMicsUpdated?.(this.mics)
    this.#callbacks.onAvailableSpeakersUpdated?.(this.speakers)
  }

  // What the transport asks of a media manager.

  setUserAudioCallback(): void {}

  setClientOptions(options: PipecatClientOptions): void {
    this.#callbacks = options.callbacks ?? {}
    this.enabled = options.enableMic ?? true
  }

  initialize = (): Promise<void> => this.start()
  connect = (): Promise<void> => this.start()

  /** A lost connection does not take the microphone away; `stop` does, when the person leaves. */
  async disconnect(): Promise<void> {
    this.#sender = null
  }

  async userStartedSpeaking(): Promise<void> {}
  bufferBotAudio(): undefined {}

  getAllMics = async (): Promise<MediaDeviceInfo[]> => $state.snapshot(this.mics) as MediaDeviceInfo[]
  getAllCams = async (): Promise<MediaDeviceInfo[]> => []
  getAllSpeakers = async (): Promise<MediaDeviceInfo[]> => $state.snapshot(this.speakers) as MediaDeviceInfo[]

  async updateMic(id: string): Promise<void> {
    this.micId = id
    remember('microphone', id)
    if (!this.#stream) return
    try {
      await this.#use(await capture(id))
      this.problem = null
    } catch (error) {
      this.problem = problemOf(error)
    }
  }

  updateCam(): void {}

  updateSpeaker(id: string): void {
    this.speakerId = id
    remember('speaker', id)
  }

  get selectedMic(): MediaDeviceInfo | Record<string, never> {
    return this.mics.find((device) => device.deviceId === this.micId) ?? {}
  }

  readonly selectedCam = {}

  get selectedSpeaker(): MediaDeviceInfo | Record<string, never> {
    return this.speakers.find((device) => device.deviceId === this.speakerId) ?? {}
  }

  enableMic(enable: boolean): void {
    this.enabled = enable
    for (const track of [this.#stream?.getAudioTracks()[0], this.#sender?.track]) {
      if (track) track.enabled = enable
    }
  }

  enableCam(): void {}
  enableScreenShare(): void {}

  get isMicEnabled(): boolean {
    return this.enabled && this.open
  }

  tracks(): Tracks {
    const audio = this.#stream?.getAudioTracks()[0]
    return { local: audio ? { audio } : {} }
  }
}

async function capture(deviceId: string): Promise<MediaStream> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
  const get = (extra: MediaTrackConstraints) => navigator.mediaDevices.getUserMedia({ audio: { ...audio, ...extra } })
  if (!deviceId) return get({})
  try {
    return await get({ deviceId: { exact: deviceId } })
  } catch (error) {
    if (problemOf(error) === 'denied') throw error
    return get({})
  }
}

function problemOf(error: unknown): MicrophoneProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'unknown'
  }
}

const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype
