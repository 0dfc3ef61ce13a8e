"""How many of the published dialogues (`tests/dialogues/published`) end as they should.

    .venv/bin/python benchmarks/dialogues.py [--json FILE] [--ways text scripted voice voice-hibari] [--only ID ...] [--said]

By exact text and by voice with the engines that need nothing, and by text with a scripted language model;
judged by the rows in the database and by what the guest house's tools have done, not by wording. By voice
flite or hibari calls, two callers at once, and says once more what was not understood; the default recogniser
hears.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from _server import head, table

from tests.dialogues import runs
from tests.dialogues.dialogue import Dialogue, published
from tests.dialogues.world import serving
from tests.dialogues.written import Ended

WAYS = ("text", "scripted", "voice", "voice-hibari")


def run(way: str, dialogues: list[Dialogue], folder: Path) -> tuple[list[Ended], float]:
    """How they ended, and how many seconds they took."""
    with serving(folder / way, dialogues if way == "scripted" else ()) as running:
        began = time.monotonic()
        if way.startswith("voice"):
            voices = ("heart",) if way == "voice-hibari" else runs.VOICES
            ended = asyncio.run(runs.spoken(running, dialogues, folder, voices=voices))
        else:
            ended = asyncio.run(runs.written(running, dialogues))
        return ended, time.monotonic() - began


def told(ended: Ended) -> str:
    """One cell of the table."""
    again = f", {ended.repeated} said again" if ended.repeated else ""
    return ("NO" if ended.wrong else "yes") + again


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--only", nargs="+", help="the dialogues with these ids")
    parser.add_argument("--said", action="store_true", help="print what was said where it went wrong")
    arguments = parser.parse_args()
    print(head())
    dialogues = [one for one in published() if not arguments.only or one.id in arguments.only]
    found: dict[str, tuple[list[Ended], float]] = {}
    with tempfile.TemporaryDirectory(prefix="orion-bench-") as folder:
        Path(folder).chmod(0o711)
        for way in arguments.ways:
            found[way] = run(way, dialogues, Path(folder))
    rows = [("", *found)]
    for at, dialogue in enumerate(dialogues):
        rows.append((dialogue.id, *(told(ended[at]) for ended, _ in found.values())))
    table("Ended as they should", rows)
    figures: dict[str, Any] = {}
    for way, (ended, secs) in found.items():
        right = sum(not one.wrong for one in ended)
        print(f"\n{way}: {right} of {len(ended)} in {secs:.0f} s")
        for one in ended:
            if one.wrong:
                print(f"  {one.dialogue.id}: {'; '.join(one.wrong)}")
            if one.wrong and arguments.said:
                print(*(f"      {role}: {text}" for role, text in one.said), sep="\n")
        figures[way] = {
            "right": right,
            "of": len(ended),
            "secs": round(secs, 1),
            "said_again": sum(one.repeated for one in ended),
            "wrong": {one.dialogue.id: one.wrong for one in ended if one.wrong},
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
