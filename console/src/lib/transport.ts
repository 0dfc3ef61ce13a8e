import { SmallWebRTCTransport } from '@pipecat-ai/small-webrtc-transport'
import type { Microphone } from './microphone.svelte'

/** The parts of the transport that its type declarations leave out. */
interface Internals {
  pc: RTCPeerConnection | null
  dc: RTCDataChannel | null
  createPeerConnection(): RTCPeerConnection
  createDataChannel(label: string, options: RTCDataChannelInit): RTCDataChannel
}

const internals = SmallWebRTCTransport.prototype as unknown as Internals

/**
 * Pipecat's transport with one audio m-line and no video, a microphone that may be changed during
 * the call, and a view of the peer connection's state.
 */
export class VoiceTransport extends SmallWebRTCTransport {
  onConnectionState: (state: RTCPeerConnectionState) => void = () => {}
  onChannelClosed: () => void = () => {}
  readonly #microphone: Microphone
  readonly #policy: RTCIceTransportPolicy

  constructor(microphone: Microphone, policy: RTCIceTransportPolicy) {
    super({ waitForICEGathering: false, mediaManager: microphone as never })
    this.#microphone = microphone
    this.#policy = policy
  }

  /** The live peer connection; a reconnect replaces it. */
  get connection(): RTCPeerConnection | null {
    return (this as unknown as Internals).pc
  }

  protected createPeerConnection(): RTCPeerConnection {
    const connection = internals.createPeerConnection.call(this)
    connection.setConfiguration({ ...connection.getConfiguration(), iceTransportPolicy: this.#policy })
    connection.addEventListener('connectionstatechange', () => {
      if (connection === this.connection) this.onConnectionState(connection.connectionState)
    })
    return connection
  }

  protected createDataChannel(label: string, options: RTCDataChannelInit): RTCDataChannel {
    const channel = internals.createDataChannel.call(this, label, options)
    channel.addEventListener('close', () => {
      if (channel === (this as unknown as Internals).dc) this.onChannelClosed()
    })
    return channel
  }

  protected addInitialTransceivers(): void {
    this.connection?.addTransceiver('audio', { direction: 'sendrecv' })
  }

  protected async addUserMedia(): Promise<void> {
    const sender = this.connection?.getTransceivers()[0]?.sender
    if (sender) await this.#microphone.sendBy(sender)
  }
}
