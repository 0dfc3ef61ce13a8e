"""How well and how fast the embedded engines hear and speak.

    .venv/bin/python benchmarks/speech.py [--json FILE] [--transcripts]

Recognition: the word error rate of Moonshine tiny in its own process, with the phrases of the built-in tools,
as `orion serve` runs it: ORION's VAD cuts, and what is said between pauses is heard together. Sentences were
written without looking at those phrases and never tuned on. Speech of flite, hibari and espeak-ng where they
are there, human recordings from the test data of pocketsphinx, clean, in pink noise 10 dB below the speech and
through 8 kHz mu-law, and a passage of the wheel that was never tuned on. Then ten minutes in which nobody
speaks. Numbers count as they are spoken, and hyphens not at all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from _clips import RATE_HZ, by_telephone, clip, in_noise, no_speech, parts, read, spoken
from _server import ROOT, head, percentile, table
from loguru import logger

from orion.domain.transcript import spoken_words
from orion.providers import moonshine_tiny
from orion.providers._onnx.recogniser import Recogniser
from orion.providers._onnx.retold import beyond
from orion.providers._speech import SpeechWorker
from orion.settings import Settings
from orion.tools import load_all, phrases

VOICES = (("flite", "slt"), ("flite", "rms"), ("flite", "awb"), ("hibari", "heart"), ("espeak", "en-us"))
PASSAGE = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
    "foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it "
    "was the season of darkness, it was the spring of hope, it was the winter of despair, we had everything "
    "before us, we had nothing before us, we were all going direct to heaven, we were all going direct the "
    "other way - in short, the period was so far like the present period, that some of its noisiest "
    "authorities insisted on its being received, for good or for evil, in the superlative degree of "
    "comparison only."
)
"""two_cities.wav of moonshine-voice: A Tale of Two Cities, read by a man."""
ALIKE = {"mr": "mister", "good-by": "goodbye", "i'd": "i would", "metres": "meters"}
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


def words(text: str) -> list[str]:
    return " ".join(ALIKE.get(word, word) for word in spoken_words(text)).split()


def errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, deletions and insertions: the edit distance over words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


async def heard(ear: Recogniser, pcm: bytes) -> str:
    """The words of a sound, as a call would have them."""
    told = []
    for part in await parts(pcm, together=True):
        answer = await ear.hear(part.together, "en")
        part.told = beyond(part.told_before, answer.text) if answer.sure or part.before else ""
        told.append(part.told)
    return " ".join(filter(None, told))


async def rate(
    ear: Recogniser, clips: list[bytes], said: tuple[str, ...], shown: list[str]
) -> dict[str, float]:
    """Word error rate and whole sentences right."""
    wrong = total = whole = 0
    for pcm, text in zip(clips, said, strict=True):
        answer = await heard(ear, pcm)
        wrong += (missed := errors(words(text), words(answer)))
        total += len(words(text))
        whole += not missed
        shown.append(f"{text} > {answer}")
    return {"errors": wrong, "words": total, "wer": wrong / total, "whole": whole, "sentences": len(said)}


async def pace(ear: Recogniser, clips: list[bytes]) -> dict[str, float]:
    """One caller: CPU per second of audio, how late the final words come, and memory."""
    assert ear.pid
    process, late, three = psutil.Process(ear.pid), [], []
    idle = process.memory_full_info().pss
    before = sum(process.cpu_times()[:2])
    for pcm in clips:
        begun = time.perf_counter()
        await ear.hear(pcm, "en")
        late.append((time.perf_counter() - begun) * 1000)
        if 2.5 <= len(pcm) / 2 / RATE_HZ <= 3.5:
            three.append(late[-1])
    return {
        "cpu_per_audio_sec": (sum(process.cpu_times()[:2]) - before) / (sum(map(len, clips)) / 2 / RATE_HZ),
        "final_ms_p50": statistics.median(late),
        "final_ms_p95": percentile(late),
        "final_ms_p50_of_3_secs": statistics.median(three or [0.0]),
        "idle_pss_mb": idle / 1e6,
        "pss_mb": process.memory_full_info().pss / 1e6,
    }


async def invented(ear: Recogniser) -> dict[str, float]:
    """Utterances, and words, in ten minutes in which nobody speaks."""
    utterances = told = 0
    for sound in no_speech(50).values():
        for part in await parts(sound, together=True):
            answer = await ear.hear(part.pcm, "en")
            utterances += 1
            told += len(words(answer.text)) if answer.sure else 0
    return {"minutes": 10, "utterances": utterances, "words": told}


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
    figures: dict[str, Any] = {"wer": {}, "pace": {}, "speech": {}, "invented": {}}
    transcripts = json.loads((ROOT / "benchmarks/recordings/transcripts.json").read_text())
    said = {
        "requests": REQUESTS,
        "others": OTHERS,
        "human": tuple(transcripts.values()),
        "passage": (PASSAGE,),
    }
    human = [clip(read(ROOT / path), RATE_HZ) for path in transcripts]
    clips = {
        ("human", "clean"): human,
        ("human", "noise"): [in_noise(pcm) for pcm in human],
        ("human", "8 kHz"): [by_telephone(pcm) for pcm in human],
    }
    folder = moonshine_tiny._folder()  # noqa: SLF001 - where the passage lies, too
    if folder is not None:
        clips["passage", "clean"] = [read(folder.parent / "two_cities.wav")]
    for engine in dict.fromkeys(name for name, _ in VOICES):
        if not (ROOT / f"orion/providers/_speech/{engine}_voice.py").exists():
            continue
        worker = SpeechWorker(engine)
        await worker.start()
        assert worker.pid
        for voice in (voice for name, voice in VOICES if name == engine):
            for kind in ("requests", "others"):
                clips[kind, f"{engine} {voice}"] = await spoken(worker, voice, said[kind])
            figures["speech"][f"{engine} {voice}"] = await speaking(worker, voice, worker.pid)
        await worker.stop()
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data))
        await moonshine_tiny.start(settings)
        await moonshine_tiny.expect(settings, phrases(tool.tool for tool in load_all().values()))
        ear = moonshine_tiny._BUNDLE.recogniser  # noqa: SLF001 - the process without a pipeline around it
        figures["pace"]["moonshine_tiny"] = await pace(ear, clips["requests", "flite slt"] + human)
        for key in clips:
            lines: list[str] = []
            figures["wer"][" ".join(key)] = await rate(ear, clips[key], said[key[0]], lines)
            shown.extend(f"{' '.join(key)}: {line}" for line in lines)
        figures["invented"]["moonshine_tiny"] = await invented(ear)
        await moonshine_tiny.stop()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--transcripts", action="store_true", help="print what was heard")
    arguments = parser.parse_args()
    logger.remove()
    print(head())
    shown: list[str] = []
    figures = asyncio.run(measure(shown))
    rows = [
        (name, f"{f['wer']:.1%}", f"{f['errors']}/{f['words']}", f"{f['whole']}/{f['sentences']}")
        for name, f in figures["wer"].items()
    ]
    table("Recognition", [("what", "word error rate", "errors/words", "sentences right"), *rows])
    titles = (("Recognition in time", "pace"), ("Nobody speaks", "invented"), ("Speech", "speech"))
    for title, name in titles:
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
