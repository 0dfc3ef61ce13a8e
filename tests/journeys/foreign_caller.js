// A caller in a browser that knows nothing of ORION's page: plain WebRTC, with a microphone to command.
window.Caller = class {
  constructor(session, token) {
    this.url = `/api/v1/sessions/${session}/offer`;
    this.headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    this.early = [];
    this.loudAt = [];
    this.messages = [];
  }

  async dial() {
    this.audio = new AudioContext();
    this.microphone = this.audio.createMediaStreamDestination();
    const hum = this.audio.createOscillator(); // with no sound at all Chromium sends no packets
    const faint = this.audio.createGain();
    faint.gain.value = 0.0002;
    hum.connect(faint).connect(this.microphone);
    hum.start();
    this.pc = new RTCPeerConnection();
    this.pc.addTrack(this.microphone.stream.getAudioTracks()[0], this.microphone.stream);
    this.pc.ontrack = ({ track }) => this.listen(track);
    this.pc.onicecandidate = ({ candidate }) => candidate && this.trickle(candidate);
    this.channel = this.pc.createDataChannel("chat");
    this.channel.onmessage = ({ data }) => this.messages.push(JSON.parse(data));
    this.channel.onopen = () => {
      this.send("client-ready", { version: "2.1.0", about: { library: "foreign" } });
      setInterval(() => this.channel.readyState === "open" && this.channel.send(`ping: ${Date.now()}`), 1000);
    };
    await this.offer();
  }

  send(type, data) {
    this.channel.send(JSON.stringify({ label: "rtvi-ai", id: type, type, data }));
  }

  async ask(method, body) {
    const reply = await fetch(this.url, { method, headers: this.headers, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${method} ${reply.status}`);
    return method === "POST" ? reply.json() : null;
  }

  async offer() {
    await this.pc.setLocalDescription();
    const { sdp, type } = this.pc.localDescription;
    const answer = await this.ask("POST", { sdp, type, pc_id: this.pcId });
    this.pcId = answer.pc_id;
    await this.pc.setRemoteDescription({ sdp: answer.sdp, type: answer.type });
    await Promise.all(this.early.splice(0).map((candidate) => this.trickle(candidate)));
  }

  async trickle(candidate) {
    if (!this.pcId || this.pc.signalingState !== "stable") return void this.early.push(candidate);
    await this.ask("PATCH", { pc_id: this.pcId, candidates: [candidate.toJSON()] });
  }

  async restart() {
    this.pc.restartIce();
    await this.offer();
  }

  listen(track) {
    const stream = new MediaStream([track]);
    this.element = new Audio();
    this.element.srcObject = stream;
    this.element.play();
    const analyser = this.audio.createAnalyser();
    this.audio.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (samples.some((sample) => Math.abs(sample) > 0.05)) this.loudAt.push(performance.now());
    }, 20);
  }

  async say(wav) {
    const source = this.audio.createBufferSource();
    source.buffer = await this.audio.decodeAudioData(Uint8Array.from(atob(wav), (c) => c.charCodeAt(0)).buffer);
    source.connect(this.microphone);
    source.start();
  }

  async path() {
    const stats = [...(await this.pc.getStats()).values()];
    const transport = stats.find((one) => one.type === "transport");
    const inbound = stats.find((one) => one.type === "inbound-rtp");
    const pair = stats.find((one) => one.id === transport.selectedCandidatePairId);
    const port = stats.find((one) => one.id === pair?.remoteCandidateId)?.port;
    const { sdp } = this.pc.remoteDescription;
    return {
      username: transport.iceLocalUsernameFragment,
      remoteUsername: /a=ice-ufrag:(\S+)/.exec(sdp)[1],
      onAnsweredPort: new RegExp(`^a=candidate:.* ${port} typ`, "m").test(sdp),
      dtls: transport.dtlsState,
      ice: this.pc.iceConnectionState,
      channel: this.channel.readyState,
      packets: inbound.packetsReceived,
      lost: inbound.packetsLost,
      now: performance.now(),
    };
  }
};
