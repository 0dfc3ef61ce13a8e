"""How well and how fast the embedded engines hear and speak.

    .venv/bin/python benchmarks/speech.py [--json FILE] [--transcripts]

Recognition: the word error rate of PocketSphinx through ORION's own fork server and worker, with the
general model alone and with the phrases of the built-in tools beside it, as `orion serve` runs it.
Sentences were written without looking at those phrases and never tuned on. Speech of flite and
espeak-ng, and human recordings from the test data of pocketsphinx. No VAD: an utterance begins 0.3 s
before the speech and ends 0.2 s after it, as the VAD would have it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import struct
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
from _server import ROOT, head, percentile, table

from orion.providers import pocketsphinx
from orion.providers._speech import SpeechWorker
from orion.settings import Settings
from orion.tools import load_all, phrases

RATE_HZ = 16000
BLOCK = RATE_HZ // 50
HEADER = struct.Struct("<cI")
VOICES = (("flite", "slt"), ("flite", "rms"), ("flite", "awb"), ("espeak", "en-us"))
REQUESTS = (
    "what is nineteen times four",
    "how much is one hundred twenty divided by eight",
    "add thirty three and nine",
    "what is the square root of eighty one",
    "what is fifty minus sixteen",
    "set a timer for twenty five minutes",
    "start a timer for ninety seconds",
    "remind me in half an hour to check the oven",
    "wake me up in two hours",
    "what time is it now",
    "what time is it in sydney",
    "what day is it today",
    "tell me the current time in berlin",
    "please remember that my locker is number forty two",
    "remember that my sister is called ruth",
    "what do you know about my locker",
    "what did i ask you to remember",
    "i would like to talk to the scheduler",
    "can you hand me over to the researcher",
    "that is all for today goodbye",
)
OTHERS = (
    "the old bridge was closed after the storm",
    "my neighbor bought a yellow bicycle last week",
    "we walked along the river until it was dark",
    "she has been working in the garden since morning",
    "there are too many people on this train",
    "i do not think that this is a good idea",
    "the children were playing behind the house",
    "he forgot his keys on the kitchen table",
    "could you tell me how to get to the station",
    "why is the water in the harbor so cold",
    "they moved to the mountains when i was young",
    "nobody knew where the music was coming from",
    "the doctor said that i should rest for a few days",
    "it was the best dinner i had in a long time",
    "her brother sells used cars in chicago",
    "please close the window before you leave",
    "the meeting was boring but the coffee was good",
    "i read a long book about the history of ships",
    "our teacher lost the map on the way home",
    "a small dog was sleeping under the tree",
)
ANSWERS = (
    "That is 12.",
    "Okay, I will tell you in ten minutes.",
    "It is a quarter past four in the afternoon.",
    "I can calculate, tell the time, remember things and set a timer.",
    "Which agent would you like to talk to, the scheduler or the researcher?",
)


def clip(pcm: bytes, rate_hz: int) -> bytes:
    """Speech without the silence around it at 16 kHz, between 0.3 s and 0.2 s of faint noise."""
    samples = np.frombuffer(pcm, np.int16)
    if rate_hz != RATE_HZ:
        frame = av.AudioFrame.from_ndarray(samples[None, :], layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler("s16", "mono", RATE_HZ)
        parts = [*resampler.resample(frame), *resampler.resample(None)]
        samples = np.concatenate([part.to_ndarray().reshape(-1) for part in parts])
    padded = np.pad(samples, (0, -len(samples) % BLOCK))
    loud = np.flatnonzero(np.abs(padded.reshape(-1, BLOCK).astype(np.int32)).mean(axis=1) > 60)
    speech = padded[loud[0] * BLOCK : (loud[-1] + 1) * BLOCK]
    noise = np.random.default_rng(1).integers(-12, 12, 25 * BLOCK).astype(np.int16)
    return np.concatenate([noise[: 15 * BLOCK], speech, noise[15 * BLOCK :]]).astype("<i2").tobytes()


def read(path: Path) -> bytes:
    """A recording as a clip."""
    with av.open(str(path)) as container:
        rate_hz = container.streams.audio[0].rate
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return clip(np.concatenate(frames).astype(np.int16).tobytes(), rate_hz)


async def spoken(worker: SpeechWorker, voice: str, texts: tuple[str, ...]) -> list[bytes]:
    """Every text as a clip."""
    clips = []
    for text in texts:
        parts = [pcm async for kind, pcm in worker.speak(text, voice, "en") if kind == b"A"]
        clips.append(clip(b"".join(parts), worker.rate_hz))
    return clips


class Ear:
    """One listener of the fork server, which hears utterances one after the other, as in a call."""

    async def open(self) -> Ear:
        before = _listeners()
        # There is no public way to a listener without a pipeline around it.
        listener = await pocketsphinx._LISTENERS.listener()  # noqa: SLF001
        self.reader, self.writer = await asyncio.open_unix_connection(sock=listener)
        await asyncio.sleep(0.2)
        (pid,) = _listeners() - before
        self.process = psutil.Process(pid)
        return self

    def cpu_secs(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system

    async def hear(self, pcm: bytes, *, live: bool) -> tuple[str, float]:
        """The final words, and seconds from the end of the utterance to them; `live` at its own pace."""
        reading = asyncio.get_running_loop().create_task(self._final())
        self._send(b"S", b"")
        begun = time.monotonic()
        for number, start in enumerate(range(0, len(pcm), BLOCK * 2)):
            if live:
                await asyncio.sleep(max(0.0, begun + number * 0.02 - time.monotonic()))
            self._send(b"A", pcm[start : start + BLOCK * 2])
            await self.writer.drain()
        self._send(b"E", b"")
        ended = time.monotonic()
        words = await reading
        return words, time.monotonic() - ended

    def _send(self, kind: bytes, content: bytes) -> None:
        self.writer.write(HEADER.pack(kind, len(content)) + content)

    async def _final(self) -> str:
        while True:
            kind, length = HEADER.unpack(await self.reader.readexactly(HEADER.size))
            content = await self.reader.readexactly(length)
            if kind == b"F":
                return content.decode()

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def _listeners() -> set[int]:
    """The processes that listen now: grandchildren of this one."""
    servers = [c for c in psutil.Process().children() if "pocketsphinx" in " ".join(c.cmdline())]
    return {listener.pid for server in servers for listener in server.children()}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, deletions and insertions: the edit distance over words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


async def rate(clips: list[bytes], said: tuple[str, ...], shown: list[str]) -> dict[str, float]:
    """Word error rate and whole sentences right, over one listener."""
    ear = await Ear().open()
    wrong = total = whole = 0
    for pcm, text in zip(clips, said, strict=True):
        heard, _ = await ear.hear(pcm, live=False)
        wrong += (missed := errors(words(text), words(heard)))
        total += len(words(text))
        whole += not missed
        shown.append(f"{text} > {heard}")
    await ear.close()
    return {"errors": wrong, "words": total, "wer": wrong / total, "whole": whole, "sentences": len(said)}


async def pace(clips: list[bytes]) -> dict[str, float]:
    """In real time, one listener alone: CPU per second of audio, and how late the final words come."""
    ear = await Ear().open()
    before, late = ear.cpu_secs(), []
    for pcm in clips:
        late.append((await ear.hear(pcm, live=True))[1] * 1000)
    cpu = (ear.cpu_secs() - before) / (sum(map(len, clips)) / 2 / RATE_HZ)
    await ear.close()
    return {
        "cpu_per_audio_sec": cpu,
        "final_ms_p50": statistics.median(late),
        "final_ms_p95": percentile(late),
    }


async def speaking(worker: SpeechWorker, voice: str, pid: int) -> dict[str, float]:
    """First audio and CPU of short answers, each spoken five times by a warm worker."""
    process, firsts, audio_secs = psutil.Process(pid), [], 0.0
    async for _ in worker.speak(ANSWERS[0], voice, "en"):
        pass
    before = sum(process.cpu_times()[:2])
    for text in ANSWERS * 5:
        begun, first = time.perf_counter(), None
        async for kind, content in worker.speak(text, voice, "en"):
            if kind == b"A":
                first = first or time.perf_counter() - begun
                audio_secs += len(content) / 2 / worker.rate_hz
        firsts.append((first or 0.0) * 1000)
    cpu = (sum(process.cpu_times()[:2]) - before) / audio_secs
    return {
        "cpu_per_audio_sec": cpu,
        "first_audio_ms_p50": statistics.median(firsts),
        "first_audio_ms_p95": percentile(firsts),
    }


async def measure(shown: list[str]) -> dict[str, Any]:
    figures: dict[str, Any] = {"wer": {}, "pace": {}, "speech": {}}
    transcripts = json.loads((ROOT / "benchmarks/recordings/transcripts.json").read_text())
    said = {"requests": REQUESTS, "others": OTHERS, "human": tuple(transcripts.values())}
    clips: dict[tuple[str, str], list[bytes]] = {("human", ""): [read(ROOT / path) for path in transcripts]}
    for engine in ("flite", "espeak"):
        worker = SpeechWorker(engine)
        await worker.start()
        assert worker.pid
        for voice in (voice for name, voice in VOICES if name == engine):
            for kind in ("requests", "others"):
                clips[kind, f"{engine} {voice}"] = await spoken(worker, voice, said[kind])
            figures["speech"][f"{engine} {voice}"] = await speaking(worker, voice, worker.pid)
        await worker.stop()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        for model in ("general", "with tools"):
            await pocketsphinx.start(settings)
            if model == "with tools":
                await pocketsphinx.expect(settings, phrases(tool.tool for tool in load_all().values()))
            figures["pace"][model] = await pace(clips["requests", "flite slt"] + clips["human", ""])
            for key in clips:
                lines: list[str] = []
                name = " ".join((*key, model)).replace("  ", " ")
                figures["wer"][name] = await rate(clips[key], said[key[0]], lines)
                shown.extend(f"{name}: {line}" for line in lines)
        await pocketsphinx.stop()
    return figures


def pooled(figures: dict[str, Any], kind: str, model: str) -> dict[str, float]:
    found = [f for name, f in figures["wer"].items() if name.startswith(kind) and name.endswith(model)]
    total = {key: sum(f[key] for f in found) for key in ("errors", "words", "whole", "sentences")}
    return {**total, "wer": total["errors"] / total["words"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--transcripts", action="store_true", help="print what was heard")
    arguments = parser.parse_args()
    print(head())
    shown: list[str] = []
    figures = asyncio.run(measure(shown))
    for kind in ("requests", "others", "human"):
        for model in ("general", "with tools"):
            figures["wer"][f"{kind}, all voices, {model}"] = pooled(figures, f"{kind} ", model)
    rows = [
        (name, f"{f['wer']:.1%}", f"{f['errors']}/{f['words']}", f"{f['whole']}/{f['sentences']}")
        for name, f in figures["wer"].items()
    ]
    table("Recognition", [("what", "word error rate", "errors/words", "sentences right"), *rows])
    for title, name in (("Recognition in real time", "pace"), ("Speech", "speech")):
        found = figures[name]
        table(
            title,
            [
                ("", *next(iter(found.values()))),
                *((k, *(f"{x:.3g}" for x in v.values())) for k, v in found.items()),
            ],
        )
    if arguments.transcripts:
        print(*shown, sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"about": head(), **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
