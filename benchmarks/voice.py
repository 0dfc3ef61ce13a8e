"""How fast, how large and how intelligible the voices are that need no key.

    .venv/bin/python benchmarks/voice.py [--json FILE] [--heard]

Each voice is a worker process as `orion serve` starts it. Start: wall and CPU seconds until it can speak. First
sound: from the request to the first audio of a text, of short answers and of one of a hundred characters. Memory:
proportional set size, before and after all texts. Heard: words wrong when Moonshine's bundled model hears the
voice, four beams, no phrases; numbers are spelled out on both sides.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
from _server import head, percentile, table

from orion.errors import ProviderError
from orion.providers._speech import SpeechWorker

VOICES = (("hibari", "heart"), ("flite", "slt"), ("espeak", "en-us"))
RATE_HZ = 16000
ROUNDS = 5
ANSWERS = (
    "That is twelve.",
    "Okay, I will tell you in ten minutes.",
    "It is a quarter past four in the afternoon.",
    "I can calculate, tell the time, remember things and set a timer.",
    "Which agent would you like to talk to, the scheduler or the researcher?",
    "The meeting with the architects begins at a quarter past nine, and I have put it into your calendar.",
)
SENTENCES = (
    "Your appointment with the dentist is on Thursday at ten in the morning.",
    "I have booked a table for five people under the name of Harrison.",
    "The train to Edinburgh leaves from platform nine in twelve minutes.",
    "Sorry, I did not catch that. Could you say it again, please?",
    "The answer is no. Shall I ask somebody else?",
    "Your parcel was delivered yesterday, and your sister has signed for it.",
    "There are three messages for you, two of them from your brother.",
    "The weather in Lisbon is sunny, with a light wind from the west.",
    "I cannot do that, but I can remind you of it tomorrow evening.",
    "Please hold the line while I look for the right department.",
    "Our office is closed on Sundays and on public holidays.",
    "Would you like the soup, the salad or the fish today?",
    "I will remember that your dog is called Bello.",
    "Goodbye, and thank you for calling us this afternoon.",
    "The old bridge was closed after the storm.",
    "We walked along the river until it was dark.",
    "Nobody knew where the music was coming from.",
    "It was the best dinner I had in a long time.",
    "The meeting was boring but the coffee was good.",
    "A small dog was sleeping under the tree.",
)
NUMBERS = dict(
    zip("1 2 3 4 5 9 10 12".split(), "one two three four five nine ten twelve".split(), strict=True)
)

Hear = Callable[[np.ndarray], str]


def hearer() -> Hear | None:
    """Moonshine as the default recogniser has it; None where its wheel is missing."""
    try:
        module = importlib.import_module("orion.providers._onnx.moonshine_model")
        places = importlib.import_module("orion.providers.moonshine_tiny")._places()  # noqa: SLF001
        model = module.Moonshine(places["encoder"], places["decoder"], places["tokenizer"])
    except (ImportError, OSError):
        return None
    return lambda samples: str(model.hear(samples, 4)[0].text)


async def speak(worker: SpeechWorker, voice: str, text: str) -> tuple[float, bytes]:
    """Seconds to the first sound, and all of it."""
    begun, first, parts = time.perf_counter(), 0.0, []
    async for kind, content in worker.speak(text, voice, "en"):
        if kind == b"A":
            first = first or time.perf_counter() - begun
            parts.append(content)
    return first, b"".join(parts)


def at_16_khz(pcm: bytes, rate_hz: int) -> np.ndarray:
    frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, np.int16)[None, :], layout="mono")
    frame.sample_rate = rate_hz
    resampler = av.AudioResampler("s16", "mono", RATE_HZ)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    samples = np.concatenate([part.to_ndarray().reshape(-1) for part in parts]).astype(np.float32) / 32768
    return np.pad(samples, RATE_HZ // 2)


def words(text: str) -> list[str]:
    low = text.lower().replace("to-", "to").replace("good-by", "goodbye")
    return [NUMBERS.get(word, word) for word in re.findall(r"[a-z']+|\d+", low)]


def errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, deletions and insertions: the edit distance over words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


async def measure(engine: str, voice: str, hear: Hear | None, shown: list[str]) -> dict[str, float]:
    """All figures of one voice. Raises ProviderError if it is not here."""
    worker = SpeechWorker(engine)
    begun = time.perf_counter()
    await worker.start()
    start_secs = time.perf_counter() - begun
    process = psutil.Process(worker.pid)
    start_cpu_secs, idle = sum(process.cpu_times()[:2]), process.memory_full_info().pss
    firsts, long_firsts, sound_secs = [], [], 0.0
    for text in ANSWERS * ROUNDS:
        first, pcm = await speak(worker, voice, text)
        (firsts if len(text) < 80 else long_firsts).append(first * 1000)
        sound_secs += len(pcm) / 2 / worker.rate_hz
    cpu_secs = sum(process.cpu_times()[:2]) - start_cpu_secs
    figures = {
        "start_secs": start_secs,
        "start_cpu_secs": start_cpu_secs,
        "first_sound_ms_p50": statistics.median(firsts),
        "first_sound_ms_p95": percentile(firsts),
        "first_sound_long_ms_p50": statistics.median(long_firsts),
        "cpu_per_audio_sec": cpu_secs / sound_secs,
        "idle_mb": idle / 1e6,
        "after_mb": process.memory_full_info().pss / 1e6,
    }
    if hear is not None:
        wrong = total = 0
        for text in (*ANSWERS, *SENTENCES):
            heard = hear(at_16_khz((await speak(worker, voice, text))[1], worker.rate_hz))
            missed = errors(words(text), words(heard))
            wrong, total = wrong + missed, total + len(words(text))
            shown += [f"{engine}: {text} > {heard}"] if missed else []
        figures["words_wrong"] = wrong / total
    await worker.stop()
    return figures


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--heard", action="store_true", help="print what was heard wrong")
    arguments = parser.parse_args()
    print(head())
    found: dict[str, dict[str, Any]] = {}
    shown: list[str] = []
    hear = hearer()
    for engine, voice in VOICES:
        try:
            found[f"{engine} {voice}"] = await measure(engine, voice, hear, shown)
        except ProviderError as error:
            print(f"{engine} is left out: {error.detail}")
    if hear is None:
        print("moonshine-voice is not here: nobody hears the voices")
    names = next(iter(found.values()))
    rows = [(name, *(f"{figures[name]:.3g}" for figures in found.values())) for name in names]
    table("Voices that need no key", [("", *found), *rows])
    if arguments.heard:
        print(*shown, sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"about": head(), "voices": found}, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
