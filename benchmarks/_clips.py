"""What `speech.py` lets the recognisers hear: clips of speech, clean and worse, and sounds that are no speech."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from orion.media.vad import vad_analyzer
from orion.providers._onnx.turn_sound import Part, TurnSound
from orion.providers._speech import SpeechWorker

RATE_HZ = 16000
BLOCK = RATE_HZ // 50
NOISE_DB = -10.0


def resampled(samples: np.ndarray, rate_hz: int, to_hz: int = RATE_HZ) -> np.ndarray:
    """16-bit mono samples at another rate."""
    if rate_hz == to_hz:
        return samples
    frame = av.AudioFrame.from_ndarray(samples[None, :], layout="mono")
    frame.sample_rate = rate_hz
    resampler = av.AudioResampler("s16", "mono", to_hz)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in parts]).astype(np.int16)


def clip(pcm: bytes, rate_hz: int) -> bytes:
    """Speech without the silence around it at 16 kHz, between 0.5 s and 0.2 s of faint noise, as the VAD cuts."""
    samples = resampled(np.frombuffer(pcm, np.int16), rate_hz)
    padded = np.pad(samples, (0, -len(samples) % BLOCK))
    loud = np.flatnonzero(np.abs(padded.reshape(-1, BLOCK).astype(np.int32)).mean(axis=1) > 60)
    speech = padded[loud[0] * BLOCK : (loud[-1] + 1) * BLOCK]
    noise = np.random.default_rng(1).integers(-12, 12, 35 * BLOCK).astype(np.int16)
    return np.concatenate([noise[: 25 * BLOCK], speech, noise[25 * BLOCK :]]).astype("<i2").tobytes()


def read(path: Path) -> bytes:
    """A recording's samples at 16 kHz."""
    with av.open(str(path)) as container:
        rate_hz = container.streams.audio[0].rate
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return resampled(np.concatenate(frames).astype(np.int16), rate_hz).astype("<i2").tobytes()


async def spoken(worker: SpeechWorker, voice: str, texts: tuple[str, ...]) -> list[bytes]:
    """Every text as a clip."""
    clips = []
    for text in texts:
        parts = [pcm async for kind, pcm in worker.speak(text, voice, "en") if kind == b"A"]
        clips.append(clip(b"".join(parts), worker.rate_hz))
    return clips


def in_noise(pcm: bytes) -> bytes:
    """Pink noise over it, 10 dB below the speech."""
    samples = np.frombuffer(pcm, np.int16).astype(np.float64)
    speech = samples[np.abs(samples) > 200]
    noise = pink(len(samples), np.random.default_rng(2))
    noise *= np.sqrt(np.mean(speech**2)) * 10 ** (NOISE_DB / 20)
    return np.clip(samples + noise, -32768, 32767).astype("<i2").tobytes()


def by_telephone(pcm: bytes) -> bytes:
    """8 kHz, eight bits by the mu-law (G.711)."""
    narrow = resampled(np.frombuffer(pcm, np.int16), RATE_HZ, 8000).astype(np.float64) / 32768
    compressed = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    steps = np.round(compressed * 127) / 127
    back = np.sign(steps) * (256 ** np.abs(steps) - 1) / 255
    return resampled((back * 32767).astype(np.int16), 8000).astype("<i2").tobytes()


async def parts(pcm: bytes, *, together: bool) -> list[Part]:
    """What ORION's VAD makes of a sound."""
    vad, sound, found = vad_analyzer(RATE_HZ), TurnSound(together=together), []
    vad.set_sample_rate(RATE_HZ)
    speaking = False
    quiet = np.random.default_rng(3).integers(-12, 12, RATE_HZ).astype("<i2").tobytes()
    pcm = quiet[:RATE_HZ] + pcm + quiet
    for start in range(0, len(pcm) - BLOCK * 2 + 1, BLOCK * 2):
        block = pcm[start : start + BLOCK * 2]
        state = (await vad.analyze_audio(block)).name
        if part := sound.add(block):
            found.append(part)
        if state == "SPEAKING" and not speaking:
            speaking = True
            sound.start()
        elif state == "QUIET" and speaking:
            speaking = False
            found.append(sound.stop())
    return [*found, *([sound.stop()] if speaking else [])]


def pink(samples: int, random: np.random.Generator) -> np.ndarray:
    """Pink noise of a root mean square of 1."""
    spectrum = np.fft.rfft(random.standard_normal(samples))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), samples)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)))


def no_speech(secs: int) -> dict[str, bytes]:
    """Sounds in which nobody says a word: silence, noise, hum, coughs, a keyboard, knocks, breath, tones."""
    random = np.random.default_rng(4)
    size = secs * RATE_HZ
    times = np.arange(size) / RATE_HZ
    white = random.standard_normal(size)
    hum = sum(np.sin(2 * np.pi * hz * times) / n for n, hz in enumerate((50, 100, 150, 250), 1))
    dial = np.sin(2 * np.pi * 697 * times) + np.sin(2 * np.pi * 1209 * times)
    melody = np.sin(
        2
        * np.pi
        * np.repeat(random.choice([262, 294, 330, 392, 440, 523], secs * 3), size)[:: secs * 3]
        * times
    )
    sounds = {
        "silence": np.zeros(size),
        "faint noise": white * 12,
        "white noise": white * 800,
        "pink noise": pink(size, random) * 1500,
        "hum": hum * 2000,
        "dial tones": dial * (np.sin(2 * np.pi * times) > 0) * 3000,
        "melody": melody * 4000,
        "coughs": bursts(size, random, every_secs=3.0, secs=0.35, low_hz=300, high_hz=3500) * 9000,
        "keyboard": bursts(size, random, every_secs=0.18, secs=0.02, low_hz=1500, high_hz=7000) * 4000,
        "knocks": bursts(size, random, every_secs=1.3, secs=0.08, low_hz=60, high_hz=400) * 9000,
        "breath": bursts(size, random, every_secs=4.0, secs=1.4, low_hz=400, high_hz=5000) * 900,
        "clicks": bursts(size, random, every_secs=0.9, secs=0.004, low_hz=2000, high_hz=7900) * 12000,
    }
    faint = random.standard_normal(size) * 10
    return {
        name: np.clip(sound + faint, -32768, 32767).astype("<i2").tobytes() for name, sound in sounds.items()
    }


def bursts(
    size: int, random: np.random.Generator, *, every_secs: float, secs: float, low_hz: float, high_hz: float
) -> np.ndarray:
    """Bursts of noise of a band, each fading, at uneven times and of uneven loudness."""
    sound, at = np.zeros(size), random.uniform(0, every_secs)
    while at * RATE_HZ < size:
        length = int(secs * random.uniform(0.7, 1.3) * RATE_HZ)
        spectrum = np.fft.rfft(random.standard_normal(length))
        hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
        burst = np.fft.irfft(spectrum * ((hz > low_hz) & (hz < high_hz)), length)
        burst *= np.exp(-4 * np.arange(length) / length) * np.minimum(1, np.arange(length) / (0.01 * RATE_HZ))
        burst *= random.uniform(0.4, 1.0) / max(1e-9, np.abs(burst).max())
        begin = int(at * RATE_HZ)
        sound[begin : begin + length] += burst[: size - begin]
        at += every_secs * random.uniform(0.6, 1.4)
    return sound
