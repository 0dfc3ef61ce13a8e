let context: AudioContext | undefined

/** One audio clock for all meters; it may run only after the person has touched the page. */
function clock(): AudioContext {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  return context
}

/** Measures how loud a stream is. An AnalyserNode needs no worklet, so no script from a blob. */
export class Meter {
  readonly #source: MediaStreamAudioSourceNode
  readonly #analyser: AnalyserNode
  readonly #samples: Float32Array<ArrayBuffer>

  constructor(stream: MediaStream) {
    this.#source = clock().createMediaStreamSource(stream)
    this.#analyser = clock().createAnalyser()
    this.#analyser.fftSize = 1024
    this.#samples = new Float32Array(this.#analyser.fftSize)
    this.#source.connect(this.#analyser)
  }

  /** 0 at -60 dBFS and below, 1 at -6 dBFS and above. */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples)
    let sum = 0
    for (const sample of this.#samples) sum += sample * sample
    const dbfs = 10 * Math.log10(sum / this.#samples.length + 1e-9)
    return Math.min(1, Math.max(0, (dbfs + 60) / 54))
  }

  close(): void {
    this.#source.disconnect()
  }
}
