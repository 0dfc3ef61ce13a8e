// Runs in the page before the page's own code: a microphone that speaks on command, and an ear at
// the page's audio element. All times are milliseconds of one audio clock. Sound is what phone.py
// calls sound: a block whose mean absolute sample is above LOUD.
(() => {
  const LOUD = 300 / 32768
  const BLOCK = 480 // 10 ms
  const RATE_HZ = 48000
  let context, mix, heardUntil

  const voice = (window.voice = { loud: [], now: () => context.currentTime * 1000, say })

  // WebAudio sends no RTP while nothing sounds: faint room noise keeps the microphone live.
  function open() {
    context = new AudioContext({ sampleRate: RATE_HZ })
    mix = context.createGain()
    const noise = context.createBuffer(1, RATE_HZ, RATE_HZ)
    noise.getChannelData(0).forEach((_, i, samples) => (samples[i] = ((Math.random() - 0.5) * 24) / 32768))
    const room = new AudioBufferSourceNode(context, { buffer: noise, loop: true })
    room.connect(mix)
    room.start()
    setInterval(listen, 20)
  }

  if (window.commandedMicrophone) {
    navigator.mediaDevices.getUserMedia = async () => {
      if (!context) open()
      const line = context.createMediaStreamDestination()
      mix.connect(line)
      return line.stream
    }
  }

  /** Speaks 16-bit mono at 16 kHz; answers at once with when its sound begins and ends. */
  function say(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const pcm = Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32768)
    const buffer = context.createBuffer(1, pcm.length, 16000)
    buffer.copyToChannel(pcm, 0)
    const source = new AudioBufferSourceNode(context, { buffer })
    source.connect(mix)
    const start = context.currentTime + 0.02
    source.start(start)
    const loud = blocks(pcm, 160).flatMap((block, i) => (isLoud(block) ? [start * 1000 + i * 10] : []))
    return { begun: loud[0], ended: loud.at(-1) + 10 }
  }

  let element, ear
  const samples = new Float32Array(16384)

  /** Notes when each loud block since the last look was heard. */
  function listen() {
    const playing = [...document.querySelectorAll('audio')].find((one) => one.srcObject && !one.paused)
    if (!playing) return
    if (playing.srcObject !== element) {
      element = playing.srcObject
      ear = new AnalyserNode(context, { fftSize: samples.length })
      context.createMediaStreamSource(element).connect(ear)
      heardUntil = context.currentTime
    }
    const now = context.currentTime
    ear.getFloatTimeDomainData(samples)
    const fresh = Math.floor(Math.min(samples.length, (now - heardUntil) * RATE_HZ) / BLOCK) * BLOCK
    const first = now - fresh / RATE_HZ
    blocks(samples.subarray(samples.length - fresh), BLOCK).forEach((block, i) => {
      if (isLoud(block)) voice.loud.push(first * 1000 + i * 10)
    })
    if (fresh) heardUntil = now
  }

  const blocks = (pcm, length) =>
    Array.from({ length: Math.floor(pcm.length / length) }, (_, i) => pcm.subarray(i * length, (i + 1) * length))
  const isLoud = (block) => block.reduce((sum, sample) => sum + Math.abs(sample), 0) / block.length > LOUD

  if (!window.commandedMicrophone) open()
})()
