"""What the vendors' services add to the path, voice to voice, where the vendors themselves take no time.

One server, two agents, in turns (ABBA): one with the scripted engines, one with Deepgram (Nova), OpenAI and
ElevenLabs, each a simulator of `tests/simulators` in another process, on loopback. Both hear and say the
same, end turns in the same way (VAD and smart-turn), speak at 24 kHz and as long. What differs is what is
measured: three connections, JSON and base64, tokens that come in pieces, words with times, and the
simulators' own work, which a vendor would do elsewhere. The sound differs, too: it begins at full strength
from the simulator, and the scripted voice fades in within 20 ms (`heard_ms` alone sees that).

`--stt deepgram/flux-general-en`, `--llm anthropic` and `--tts` put others on the vendors' side. Flux ends turns
by itself, 0.6 s after the last word in the simulator: only what comes after the end of the turn compares.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _server import head, percentile, serving, table

from tests.journeys.phone import calling, spoken
from tests.simulators.anthropic import KEY as ANTHROPIC_KEY
from tests.simulators.deepgram import KEY as DEEPGRAM_KEY
from tests.simulators.elevenlabs import KEY as ELEVENLABS_KEY
from tests.simulators.openai import KEY as OPENAI_KEY

SAID, ANSWER = "what is seven plus five", "That is twelve."
TURNS = 6
MESSAGES = 40
TARGET_MS = 15
SIMULATORS = Path(__file__).with_name("_simulators.py")
SIDES = {
    "scripted": {"stt": "scripted", "llm": "scripted", "tts": "scripted"},
    "vendors": {"stt": "deepgram/nova-3-general", "llm": "openai", "tts": "elevenlabs"},
}
STAGES = (
    "heard_ms",
    "end_of_turn_ms",
    "stt_final_ms",
    "llm_first_token_ms",
    "first_sentence_ms",
    "tts_first_byte_ms",
    "first_audio_ms",
)


@contextlib.contextmanager
def simulators() -> Iterator[dict[str, str]]:
    """The simulators' addresses, by vendor, while they run."""
    command = [sys.executable, str(SIMULATORS), SAID, ANSWER]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


async def call(http: Any, side: str, question: np.ndarray) -> list[dict[str, float]]:
    """A call of that side: each turn as it was heard and as the server measured it, in ms."""
    session = (await http.post("/api/v1/sessions", json={"agent": side})).json()["id"]
    found = []
    async with calling(http, session) as phone:
        await phone.quiet()
        for _ in range(TURNS):
            turn = await phone.answer_to(question)
            assert turn["text"] == ANSWER, turn
            said = phone.microphone.said_at
            found.append(
                {"heard_ms": (min(at for at, _ in phone.sound_since(said)) - said) * 1000, **turn["latency"]}
            )
            await phone.quiet()
    return found


async def messages(http: Any, side: str) -> list[float]:
    """Typed messages one after the other, in ms."""
    session = (await http.post("/api/v1/sessions", json={"agent": side})).json()["id"]
    times = []
    for _ in range(MESSAGES // 2):
        started = time.perf_counter()
        reply = await http.post(f"/api/v1/sessions/{session}/messages", json={"text": SAID})
        assert reply.json()["text"] == ANSWER, reply.text
        times.append((time.perf_counter() - started) * 1000)
    return times


async def measure(server: Any, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        question = spoken(SAID, Path(folder))
    turns: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    typed: dict[str, list[float]] = {side: [] for side in SIDES}
    async with server.client() as http:
        for side, engines in SIDES.items():
            body = {"instructions": "You are Orion.", "greeting": ANSWER, "tools": [], **engines}
            (await http.put(f"/api/v1/agents/{side}", json=body)).raise_for_status()
            await call(http, side, question)  # imports, and a warm server
        for side in ("scripted", "vendors", "vendors", "scripted") * rounds:
            turns[side] += await call(http, side, question)
        for side in ("scripted", "vendors", "vendors", "scripted"):
            typed[side] += await messages(http, side)
    figures: dict[str, Any] = {}
    for side in SIDES:
        columns = {stage: [turn[stage] for turn in turns[side]] for stage in STAGES}
        # Without smart-turn, whose 60 to 80 ms of a core vary most with what else the machine does.
        columns["answer_ms"] = [turn["first_audio_ms"] - turn["end_of_turn_ms"] for turn in turns[side]]
        columns["message_ms"] = typed[side]
        figures[side] = {
            stage: {"p50": statistics.median(values), "p95": percentile(values)}
            for stage, values in columns.items()
        }
    figures["turns"] = len(turns["scripted"])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=2, help="of four calls each")
    for kind, engine in SIDES["vendors"].items():
        parser.add_argument(f"--{kind}", default=engine, help=f"of the vendors' side (default {engine})")
    arguments = parser.parse_args()
    SIDES["vendors"] = {kind: getattr(arguments, kind) for kind in SIDES["vendors"]}
    begun = head()
    with tempfile.TemporaryDirectory() as folder, simulators() as at:
        Path(folder).chmod(0o711)
        script = Path(folder) / "script.yaml"
        secs = len(ANSWER) * 0.06
        script.write_text(f"stt: [{{text: {SAID}}}]\nllm: [{{text: {ANSWER}}}]\ntts: {{secs: {secs}}}\n")
        keys = {"DEEPGRAM": DEEPGRAM_KEY, "OPENAI": OPENAI_KEY, "ELEVENLABS": ELEVENLABS_KEY}
        keys["ANTHROPIC"] = ANTHROPIC_KEY
        environ = {f"{name}_API_KEY": key for name, key in keys.items()}
        environ |= {f"{name}_BASE_URL": at[name.lower()] for name in keys}
        with serving(ORION_SCRIPT=str(script), RATE_LIMIT_MAX="100000", **environ) as server:
            figures = asyncio.run(measure(server, arguments.rounds))
    scripted, vendors = figures["scripted"], figures["vendors"]
    rows = [("", "scripted p50", "p95", "vendors p50", "p95", "added p50", "p95")]
    for stage in scripted:
        values = [side[stage][of] for side in (scripted, vendors) for of in ("p50", "p95")]
        added = [vendors[stage][of] - scripted[stage][of] for of in ("p50", "p95")]
        rows.append((stage, *(f"{value:.0f}" for value in values), *(f"{value:+.1f}" for value in added)))
    table(
        f"ms after the last word, {figures['turns']} turns a side, target +{TARGET_MS} at p95 ({begun})", rows
    )
    if arguments.json:
        arguments.json.write_text(json.dumps({"head": begun, **figures}, indent=1))


if __name__ == "__main__":
    main()
