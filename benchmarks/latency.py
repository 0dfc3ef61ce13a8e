"""Voice to voice with the embedded engines, as the caller hears it, beside the server's own stages."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from _server import Server, machine, serving, table

from tests.journeys.phone import calling, spoken

TURNS = 10
STAGES = ("end_of_turn_ms", "stt_final_ms", "llm_first_token_ms", "first_sentence_ms", "tts_first_byte_ms")


async def caller(http: Any, question: np.ndarray) -> list[dict[str, float]]:
    """Ask the question over and over; what was heard and what the server measured, in ms."""
    session = (await http.post("/api/v1/sessions", json={})).json()["id"]
    found = []
    async with calling(http, session) as phone:
        await phone.quiet()
        for _ in range(TURNS):
            turn = await phone.answer_to(question)
            said = phone.microphone.said_at
            heard = min(at for at, _ in phone.sound_since(said))
            found.append({"heard_ms": (heard - said) * 1000, **turn["latency"]})
            await phone.quiet()
    return found


async def typed(http: Any, server: Server) -> dict[str, float]:
    """Messages without a call: time and the server's CPU per message, in ms."""
    session = (await http.post("/api/v1/sessions", json={})).json()["id"]
    process = psutil.Process(server.process.pid)
    times, before = [], sum(process.cpu_times()[:2])
    for _ in range(40):
        started = time.perf_counter()
        (
            await http.post(f"/api/v1/sessions/{session}/messages", json={"text": "twelve times nine"})
        ).raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
    cpu = (sum(process.cpu_times()[:2]) - before) / 40 * 1000
    return {"p50": statistics.median(times), "p95": float(np.percentile(times, 95)), "cpu": cpu}


async def measure(server: Server) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        question = spoken("twelve times nine", Path(folder))
    figures: dict[str, Any] = {}
    async with server.client() as http:
        for callers in (1, 4):
            turns = [
                t
                for ts in await asyncio.gather(*(caller(http, question) for _ in range(callers)))
                for t in ts
            ]
            names = ("heard_ms", *STAGES, "first_audio_ms")
            figures[f"{callers} callers"] = {
                name: {
                    "p50": statistics.median(turn[name] for turn in turns),
                    "p95": float(np.percentile([turn[name] for turn in turns], 95)),
                }
                for name in names
            }
        figures["message"] = await typed(http, server)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with serving() as server:
        figures = asyncio.run(measure(server))
    for name, stages in figures.items():
        if name == "message":
            continue
        rows = [(stage, f"{v['p50']:.0f}", f"{v['p95']:.0f}") for stage, v in stages.items()]
        table(f"{name}, ms after the last word, p50 and p95 of {TURNS} turns each ({machine()})", rows)
    message = figures["message"]
    table("Typed messages, ms", [(name, f"{value:.1f}") for name, value in message.items()])
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
