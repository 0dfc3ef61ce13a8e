"""Schemas and arguments that are meant to keep a processor busy, and how long an event loop waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

from hypothesis import strategies as st

EVIL_PATTERNS = [
    "(a|aa)+$",
    "^(a+)+$",
    "^(a|a|a)*b$",
    "(.*a){12}",
    r"^(\w+\s?)*!$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
]
EVIL_TEXTS = ["a" * 40 + "!", "a" * 3000 + "!", "ab " * 500, "a" * 15_000]
_numbers = [{"minimum": n} for n in range(600)]


def of(a: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": a}, **more}


HOSTILE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a pattern beside anything": (
        of({"items": {"anyOf": [{"pattern": "(a|aa)+$"}, {}]}}),
        {"a": ["a" * 25 + "b"] * 500},
    ),
    "651 alternatives": (
        of({"items": {"anyOf": [{"type": "string", "maxLength": n} for n in range(651)]}}),
        {"a": list(range(1000, 3500))},
    ),
    "one of very many": (of({"items": {"oneOf": [{}] * 800}}), {"a": [0] * 5000}),
    "a huge enumeration": (of({"items": {"enum": [{"n": n} for n in range(1500)]}}), {"a": [{}] * 3500}),
    "unique objects": (of({"uniqueItems": True}), {"a": [{"n": n} for n in range(1200)]}),
    "unique lists": (of({"uniqueItems": True}), {"a": [[n, {}] for n in range(1200)]}),
    "a product of alternatives": (
        of(
            {"$ref": "#/$defs/L0"},
            **{
                "$defs": {
                    **{
                        f"L{i}": {
                            "anyOf": [{"properties": {"x": {"$ref": f"#/$defs/L{i + 1}"}}, "required": ["x"]}]
                            * 6
                        }
                        for i in range(12)
                    },
                    "L12": {"type": "string"},
                }
            },
        ),
        {"a": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": 1}}}}}}}}}}}}},
    ),
    "recursion": (
        of(
            {"$ref": "#/$defs/T"},
            **{"$defs": {"T": {"anyOf": [{"items": {"$ref": "#/$defs/T"}}, {"type": "null"}]}}},
        ),
        {"a": [[[[[[0] * 40] * 3] * 3] * 3] * 3]},
    ),
    "names by patterns": (
        {
            "type": "object",
            "patternProperties": {pattern: {} for pattern in EVIL_PATTERNS},
            "additionalProperties": False,
        },
        {"a" * 30 + f"{n}!": n for n in range(300)},
    ),
    "many names": (
        {
            "type": "object",
            "properties": {f"p{n}": {"type": "string"} for n in range(2000)},
            "unevaluatedProperties": False,
            "allOf": [{"properties": {f"q{n}": {}}} for n in range(200)],
        },
        {f"p{n}": "x" for n in range(1200)},
    ),
    "nothing is left unevaluated": (
        of({"unevaluatedItems": False, "anyOf": [{"contains": {"const": n}} for n in range(200)]}),
        {"a": list(range(2500))},
    ),
    "deep": (of({"items": {"$ref": "#"}}), {"a": [[[[[[[[[[]]]]]]]]]]}),
}
"""By what is hostile in them: a schema that is taken, and arguments."""

_leaves = st.sampled_from(
    [
        {},
        {"type": "string"},
        {"type": "number", "multipleOf": 0.1},
        {"enum": [[n, str(n)] for n in range(300)]},
        {"uniqueItems": True},
        {"$ref": "#"},
        {"$ref": "#/$defs/A"},
        *({"pattern": pattern} for pattern in EVIL_PATTERNS),
    ]
)


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.builds(lambda one, most: [one] * most, inner, st.integers(1, 60)) | st.lists(
        inner, min_size=1, max_size=8
    )
    return st.one_of(
        st.builds(lambda key, schemas: {key: schemas}, st.sampled_from(["anyOf", "oneOf", "allOf"]), listed),
        st.builds(
            lambda key, one: {key: one},
            st.sampled_from(["items", "contains", "not", "additionalProperties", "propertyNames"]),
            inner,
        ),
        st.builds(
            lambda one, two: {"properties": {"a": one, "b": two}, "unevaluatedProperties": False},
            inner,
            inner,
        ),
        st.builds(
            lambda pattern, one: {"patternProperties": {pattern: one}}, st.sampled_from(EVIL_PATTERNS), inner
        ),
        st.builds(lambda one, two: {"if": one, "then": two, "else": one}, inner, inner),
        st.builds(lambda one: {"$defs": {"A": one}}, inner),
    )


schemas = st.recursive(_leaves, _grown, max_leaves=12)
"""JSON Schemas of all kinds; not all of them are taken."""
_values = st.one_of(
    st.sampled_from([None, True, 0, 1.5, 10**300, *EVIL_TEXTS]),
    st.builds(lambda n: [n] * 3000, st.integers(0, 9)),
    st.builds(lambda n: [{"a": [k]} for k in range(n)], st.integers(1, 1200)),
    st.builds(lambda n: {f"{'a' * 20}{k}!": k for k in range(n)}, st.integers(1, 400)),
)
values = st.recursive(
    _values,
    lambda inner: (
        st.builds(lambda one: [one, {"a": one, "b": one}], inner)
        | st.fixed_dictionaries({"a": inner, "b": inner})
    ),
    max_leaves=4,
)
"""What stands for the arguments of models."""


async def longest_wait(work: Awaitable[Any]) -> float:
    """The longest time for which this process worked on something else than its event loop, in seconds.

    Of processor time: what other processes take on a busy machine does not count.
    """
    loop = asyncio.get_running_loop()
    longest, last = 0.0, time.process_time()
    ticking: asyncio.TimerHandle

    def tick() -> None:
        nonlocal longest, last, ticking
        now = time.process_time()
        longest, last = max(longest, now - last), now
        ticking = loop.call_later(0.001, tick)

    ticking = loop.call_later(0.001, tick)
    try:
        await work
    finally:
        tick()
        ticking.cancel()
    return longest
