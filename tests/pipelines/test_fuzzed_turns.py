"""Fuzzed turns of vendors' models: each is answered once, or its silence explained; no context is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from orion.domain.context import NAME
from tests.pipelines.fuzzed_turns import Found, FuzzedTurns
from tests.pipelines.fuzzed_vendors import SECRET
from tests.virtual_time import run

TURNS, SHORT = 20, 10
WAYS = {
    "alone": {"order": False, "spoken": False},
    "order": {"order": True, "spoken": False},
    "spoken": {"order": False, "spoken": True},
    "spoken order": {"order": True, "spoken": True},
}
ANSWER = re.compile(r"The answer to (\d+)")
FEW, MANY = range(2), [range(begin, begin + 25) for begin in range(1000, 1125, 25)]


def sound(found: Found, seed: object) -> Counter[str]:
    """What became of the turns, each of which went well."""
    assert not found.refused, (seed, found.refused)
    counts: Counter[str] = Counter()
    for turn in found.turns:
        words, why = " ".join(turn.said), turn.why
        where = (seed, turn)
        assert SECRET not in words.upper(), where
        assert "<" not in words, where
        assert ANSWER.findall(words) in ([], [str(turn.number)]), where
        assert words.count("It has a") <= 1, where
        assert words or why, where
        counts["answered" if words else min(why)] += 1
    for call in found.calls:
        assert NAME.match(call.tool), (seed, call)
        assert len(call.id) <= 40, (seed, call)
    counts["calls"] = len(found.calls)
    return counts


def all_sound(seeds: Iterable[int], way: str, turns: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in seeds:
        counts += sound(run(FuzzedTurns(seed, turns, **WAYS[way]).run()), (way, seed))
    return counts


@pytest.mark.parametrize("way", WAYS)
def test_some_fuzzed_turns_are_answered_once_or_explained(way):
    counts = all_sound(FEW, way, SHORT)
    assert counts["answered"] > len(FEW) * SHORT * 0.4, counts


@pytest.mark.soak
@pytest.mark.parametrize("seeds", MANY)
@pytest.mark.parametrize("way", WAYS)
def test_ten_thousand_fuzzed_turns_are_answered_once_or_explained(seeds, way):
    all_sound(seeds, way, TURNS)
