"""Fuzzed turns of vendors' models: each is answered once, or its silence explained; no context is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from orion.domain.context import NAME
from tests.pipelines.fuzzed_turns import SECRET, Found, FuzzedTurns
from tests.virtual_time import run

TURNS = 20
MANY = 500


def sound(found: Found, seed: object) -> Counter[str]:
    """What became of the turns, each of which went well."""
    assert not found.refused, (seed, found.refused)
    counts: Counter[str] = Counter()
    for turn, said in found.said.items():
        words, why = " ".join(said), found.why[turn]
        where = (seed, turn, words, why)
        assert SECRET not in words, where
        assert "<" not in words, where
        assert words.count(f"The answer to {turn} is") <= 1, where
        assert words or why, where
        counts["answered" if words else min(why)] += 1
    for call in found.calls:
        assert NAME.match(call.tool), (seed, call)
        assert len(call.id) <= 40, (seed, call)
    counts["calls"] = len(found.calls)
    return counts


@pytest.mark.parametrize("order", [False, True], ids=["alone", "order"])
def test_some_hundreds_of_fuzzed_turns_are_answered_once_or_explained(order):
    counts: Counter[str] = Counter()
    for seed in range(6):
        counts += sound(run(FuzzedTurns(seed, TURNS, order=order).run()), seed)
    assert counts["answered"] > counts.total() * 0.3, counts


@pytest.mark.soak
@pytest.mark.parametrize("order", [False, True], ids=["alone", "order"])
def test_ten_thousand_fuzzed_turns_are_answered_once_or_explained(order):
    counts: Counter[str] = Counter()
    for seed in range(1000, 1000 + MANY // 2):
        counts += sound(run(FuzzedTurns(seed, TURNS, order=order).run()), seed)
    print(counts)
