"""ORION's page in headless Chromium: time to join, voice to voice and barge-in, as its user hears them."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import httpx
from _server import head, percentile, serving, table
from playwright.async_api import Browser

from tests.journeys.browser import chromium, signed_in
from tests.journeys.phone import spoken

JOINS = 5
TURNS = 10
BARGE_INS = 5
ACCOUNT = {"email": "bench@example.org", "password": "a password of a benchmark"}
INTERRUPTION = "stop please stop it now i have heard enough"


async def joins(browser: Browser, url: str) -> list[float]:
    """From the click on Join to a page that says that it is connected, in ms; a new page each."""
    found = []
    for _ in range(JOINS):
        async with signed_in(browser, url, ACCOUNT) as tab:
            found.append(await tab.join() * 1000)
    return found


async def talk(browser: Browser, url: str, folder: Path) -> dict[str, list[float]]:
    """One call: questions in a row, then interruptions at different places of an answer, in ms."""
    question, long_question = spoken("twelve times nine", folder), spoken("what can you do", folder)
    interruption = spoken(INTERRUPTION, folder)
    found: dict[str, list[float]] = {"voice to voice": [], "barge-in until silent": []}
    async with signed_in(browser, url, ACCOUNT) as tab:
        await tab.greeted()
        for _ in range(TURNS):
            text, said = await tab.answer_to(question)
            if text != "That is 108.":
                raise SystemExit(f"a wrong answer: {text}")
            found["voice to voice"].append(await tab.latency(said))
            await tab.quiet()
    for number in range(BARGE_INS):
        async with signed_in(browser, url, ACCOUNT) as tab:
            await tab.greeted()
            silent_ms = await tab.barge_in(long_question, interruption, after_ms=800 + 200 * number)
            found["barge-in until silent"].append(silent_ms)
    return found


async def measure(url: str) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        async with chromium() as browser:
            values = {"join": await joins(browser, url), **await talk(browser, url, Path(folder))}
    return {
        name: {
            "p50": statistics.median(ms),
            "p95": percentile(ms),
            "max": max(ms),
            "values": [round(value) for value in ms],
        }
        for name, ms in values.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    print(head())
    with serving() as server:
        httpx.post(f"{server.url}/api/v1/auth/register", json=ACCOUNT).raise_for_status()
        figures = asyncio.run(measure(server.url))
    rows = [("", "p50", "p95", "each")] + [
        (name, f"{f['p50']:.0f}", f"{f['p95']:.0f}", " ".join(map(str, f["values"])))
        for name, f in figures.items()
    ]
    table("In Chromium, ms", rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
