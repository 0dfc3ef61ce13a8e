"""The silence at a hand-over: from the end of the first agent's voice to the beginning of the next one's.

Over WebRTC on loopback with the offline agent and the embedded voice, measured in what the caller hears. Each
second hand-over carries a task, which the next agent does instead of greeting.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from itertools import pairwise
from pathlib import Path
from typing import Any

from _server import head, percentile, serving, table

from tests.journeys.phone import Phone, calling

LEAST_SECS = 0.06
TARGET_MS = 1000
SAID = {
    "a greeting": ("let me talk to the scheduler", "back to the concierge"),
    "a task": (
        "ask the scheduler to tell me the time in tokyo",
        "hand me to the concierge, what is seven times eight",
    ),
}


async def hand_over(phone: Phone, said: str) -> float:
    """Ask for it in writing; the silence in ms around the event of the hand-over."""
    since = len(phone.events)
    await phone.http.post(f"/api/v1/sessions/{phone.session_id}/messages", json={"text": said})
    event = await phone.event("hand_off", since)
    at = event["at"]
    await phone.event("turn.ended", since, role="agent", agent=event["body"]["to"])
    await phone.quiet()
    loud = [moment for moment, _ in phone.sound_since(at - 3)]
    silences = [(start, end) for start, end in pairwise(loud) if end - start > LEAST_SECS]
    start, end = min(silences, key=lambda gap: 0 if gap[0] <= at <= gap[1] else abs(gap[0] - at))
    return (end - start) * 1000


async def measure(count: int) -> dict[str, list[float]]:
    """The silences of so many hand-overs of each kind, in one call each."""
    found: dict[str, list[float]] = {}
    with serving(ORION_LLM="offline") as server:
        async with server.client() as http:
            for kind, said in SAID.items():
                session = (await http.post("/api/v1/sessions", json={})).json()["id"]
                async with calling(http, session) as phone:
                    await phone.event("turn.ended", role="agent")
                    await phone.quiet()
                    found[kind] = [await hand_over(phone, said[i % 2]) for i in range(count)]
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = asyncio.run(measure(options.count))
    print(head())
    rows: list[tuple[str, ...]] = [("begins with", "n", "p50 ms", "p95 ms", "most ms", "target ms")]
    figures: dict[str, Any] = {}
    for kind, silences in found.items():
        figures[kind] = {
            "n": len(silences),
            "p50": statistics.median(silences),
            "p95": percentile(silences),
            "most": max(silences),
        }
        rows.append((kind, *(f"{value:.0f}" for value in figures[kind].values()), str(TARGET_MS)))
    table("Silence at a hand-over", rows)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
