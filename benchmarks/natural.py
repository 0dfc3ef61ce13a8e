"""How many of 300 natural turns are answered as a person would expect (`benchmarks/natural.yaml`).

    .venv/bin/python benchmarks/natural.py [--json FILE] [--wrong] [--file FILE]

Typed over REST to a server with the engines that need nothing, a person of their own for each conversation.
Judged turn by turn by the words and by the rows: timers, memories, who has the word.

- right: all that is expected is said and done, and nothing else is done;
- acceptable: done after a question that may be asked, or a refusal that is long;
- wrong: anything else;
- embarrassing: claims what was not done, does what must not be done, or ends the call unasked.

Nobody who works on the agent runs it with `--wrong`: the sentences are not to be tuned on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from _server import head, table

from tests.dialogues.natural.talk import serving, talks
from tests.dialogues.natural.turns import load
from tests.dialogues.natural.verdict import Judged, Verdict

SENTENCES = Path(__file__).with_name("natural.yaml")
GOOD = (Verdict.RIGHT, Verdict.ACCEPTABLE)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--wrong", action="store_true", help="print what went wrong, word by word")
    parser.add_argument("--file", type=Path, default=SENTENCES, help="other conversations of the same form")
    arguments = parser.parse_args()
    print(head())
    conversations = load(arguments.file)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orion-bench-") as folder:
        Path(folder).chmod(0o711)
        with serving(Path(folder) / "natural") as running:
            talked = asyncio.run(talks(running, conversations))
    judged = [one for talk in talked for one in talk]
    _print(judged)
    print(f"\n{len(conversations)} conversations, {len(judged)} turns in {time.monotonic() - began:.0f} s")
    if arguments.wrong:
        for one in judged:
            if one.verdict not in GOOD:
                print(f"{one.verdict}: {one.turn.say!r}\n    {one.answer!r}\n    {'; '.join(one.why)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(_figures(judged), indent=2) + "\n")


def _abilities(judged: Sequence[Judged]) -> list[str]:
    return sorted({one.turn.ability for one in judged})


def _counts(judged: Sequence[Judged]) -> Counter[Verdict]:
    return Counter(one.verdict for one in judged)


def _figures(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """By ability, and of all."""
    groups = {name: [one for one in judged if one.turn.ability == name] for name in _abilities(judged)}
    return {
        name: {"of": len(group), **{verdict.value: _counts(group)[verdict] for verdict in Verdict}}
        for name, group in {**groups, "all": judged}.items()
    }


def _print(judged: Sequence[Judged]) -> None:
    rows: list[tuple[str, ...]] = [("", "turns", *(verdict.value for verdict in Verdict), "good")]
    for name, counts in _figures(judged).items():
        good = sum(counts[verdict.value] for verdict in GOOD)
        cells = (str(counts[key]) for key in ("of", *(verdict.value for verdict in Verdict)))
        rows.append((name, *cells, f"{good / counts['of']:.0%}"))
    table("Natural turns", rows)


if __name__ == "__main__":
    main()
