"""How often the offline agent finds the right tool and the right arguments, and what it costs.

    .venv/bin/python benchmarks/routing.py [--json FILE] [--misses] [--meaning]

Utterances and tools stand in routing.yaml and routing_unseen.yaml, written apart from each other; of both
the even half served for development, the odd half is held out. One turn each, from an empty state.
Figures per half:

- routed: the right tool is called, or its missing argument or confirmation is asked for;
- asked back: the agent asks "Shall I A, or B?" and the right tool is among them;
- false route: another tool is called or asked about; for what is out of scope, any tool at all;
- slots: of the routed ones with expected arguments, all of them are right.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orion.domain.agent import Agent
from orion.domain.tool import Tool, ToolFailure
from orion.providers._minilm.meaning import meaning
from orion.providers.offline.dialogue import Dialogue
from orion.settings import Settings
from orion.tools import load_all
from orion.tools._durations import seconds
from orion.tools.calculator import evaluate

Case = tuple[str | None, str, dict[str, Any]]


@dataclass(slots=True)
class Tally:
    """The counts of one half."""

    in_scope: int = 0
    routed: int = 0
    asked_back: int = 0
    false_routes: int = 0
    with_slots: int = 0
    slots_right: int = 0
    out_of_scope: int = 0
    out_of_scope_routed: int = 0
    out_of_scope_asked: int = 0
    turn_ms: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)


def main() -> None:
    """Measure both halves, print them, write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument(
        "--misses", action="store_true", help="print what went wrong in the development halves"
    )
    parser.add_argument("--meaning", action="store_true", help="by words and by meaning (make memory)")
    arguments = parser.parse_args()
    similarity = meaning(Settings(data_dir=Path())) if arguments.meaning else None
    more = {"similarity": similarity} if similarity else {}
    figures = {}
    for name, suffix in (("routing.yaml", ""), ("routing_unseen.yaml", " 2")):
        content = yaml.safe_load(Path(__file__).with_name(name).read_text())
        tools = [runnable.tool for runnable in load_all().values()] + _invented(content["tools"])
        dialogue = Dialogue(
            Agent(name="concierge", instructions="", hand_offs=("scheduler", "researcher")), tools, **more
        )
        dialogue.step({}, "set a timer for ten minutes")  # loads what is loaded on first use
        if similarity:
            dialogue.step({}, "the examples are learnt by what no tool can do")
            similarity.settle()
        for offset, half in enumerate(("development", "held out")):
            tally = measure(dialogue, _cases(content, offset))
            figures[half + suffix] = _figures(tally)
            if arguments.misses and half == "development":
                print(*tally.misses, sep="\n")
    _print(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


def measure(dialogue: Dialogue, cases: list[Case]) -> Tally:
    """One turn per case, from an empty state."""
    tally = Tally()
    for tool, utterance, expected in cases:
        began = time.process_time()
        state, do = dialogue.step({}, utterance)
        tally.turn_ms.append((time.process_time() - began) * 1000)
        routed = do.tool or (state.get("tool") if state.get("phase") in {"ask", "confirm"} else None)
        options = state.get("options", []) if state.get("phase") == "choose" else []
        if tool is None:
            _count_out_of_scope(tally, utterance, routed, options)
        else:
            given = dict(do.arguments or {}) if do.tool else state.get("arguments", {})
            _count(tally, tool, utterance, routed, options, expected, given)
    return tally


def _count_out_of_scope(tally: Tally, utterance: str, routed: str | None, options: list[str]) -> None:
    tally.out_of_scope += 1
    tally.out_of_scope_routed += routed is not None
    tally.out_of_scope_asked += bool(options)
    if routed or options:
        tally.misses.append(f"{utterance!r}: out of scope, but {routed or options}")


def _count(
    tally: Tally,
    tool: str,
    utterance: str,
    routed: str | None,
    options: list[str],
    expected: dict[str, Any],
    given: dict[str, Any],
) -> None:
    tally.in_scope += 1
    tally.routed += routed == tool
    tally.asked_back += tool in options
    tally.false_routes += (routed is not None and routed != tool) or (bool(options) and tool not in options)
    if routed != tool:
        tally.misses.append(f"{utterance!r}: {tool}, but {routed or options or 'nothing'}")
        return
    if expected:
        right = all(_same(name, value, given.get(name)) for name, value in expected.items())
        tally.with_slots += 1
        tally.slots_right += right
        if not right:
            tally.misses.append(f"{utterance!r}: {expected}, but {given}")


def _same(name: str, expected: Any, given: Any) -> bool:
    """Whether an argument means what was expected; free text may carry a word more."""
    if given is None:
        return False
    if name == "expression":
        try:
            return evaluate(str(given)) == int(expected)
        except ToolFailure:
            return False
    if name == "duration":
        return seconds(str(given)) == float(expected)
    if isinstance(expected, str):
        return expected in str(given).lower() and len(str(given).split()) <= len(expected.split()) + 2
    return bool(given == expected)


def _cases(content: dict[str, Any], offset: int) -> list[Case]:
    found: list[Case] = [
        (tool, said, expected)
        for tool, listed in content["utterances"].items()
        for said, expected in listed[offset::2]
    ]
    return found + [(None, said, {}) for said in content["out_of_scope"][offset::2]]


def _invented(listed: dict[str, Any]) -> list[Tool]:
    return [
        Tool(
            name=name,
            description=tool["description"],
            parameters={"type": "object", **tool["parameters"]},
            examples=tuple(tool["examples"]),
            confirm=tool.get("confirm", False),
        )
        for name, tool in listed.items()
    ]


def _figures(tally: Tally) -> dict[str, float | int]:
    ordered = sorted(tally.turn_ms)
    return {
        "in_scope": tally.in_scope,
        "routed": tally.routed,
        "asked_back": tally.asked_back,
        "false_routes": tally.false_routes,
        "with_slots": tally.with_slots,
        "slots_right": tally.slots_right,
        "out_of_scope": tally.out_of_scope,
        "out_of_scope_routed": tally.out_of_scope_routed,
        "out_of_scope_asked": tally.out_of_scope_asked,
        "cpu_ms_p50": round(ordered[len(ordered) // 2], 2),
        "cpu_ms_max": round(ordered[-1], 2),
    }


def _print(figures: dict[str, dict[str, float | int]]) -> None:
    print(f"{'':22}" + "".join(f"{half:>14}" for half in figures))
    for name in next(iter(figures.values())):
        print(f"{name.replace('_', ' '):22}" + "".join(f"{half[name]:>14}" for half in figures.values()))


if __name__ == "__main__":
    main()
