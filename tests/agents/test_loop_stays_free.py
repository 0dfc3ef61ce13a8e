"""Whatever schema meets whatever arguments, the event loop goes on: calls and `/healthz` never wait."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from orion.agents.apart import apart
from orion.agents.arguments import refuse_arguments
from orion.agents.prepared import ready
from orion.domain.effort import OutOfTime
from orion.domain.schemas.modern import NotSupported
from tests.agents.hostile_schemas import HOSTILE, longest_wait, schemas, values

_MOST_SECS = 0.1
"""Of processor time between two turns of the loop."""


async def checked(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """Take a schema, and check arguments by it, as POST and a call do it."""
    try:
        entry = await apart(ready, "x", "x", schema)
    except (NotSupported, OutOfTime) as error:
        return str(error)
    return await apart(refuse_arguments, entry["parameters"], arguments)


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_schemas_and_arguments_hold_nobody_up(kind):
    schema, arguments = HOSTILE[kind]
    assert len(json.dumps(arguments)) <= 16_000, "or it would be refused unseen"
    assert await longest_wait(checked(schema, arguments)) < _MOST_SECS


async def test_many_at_once_hold_nobody_up_either():
    work = asyncio.gather(*(checked(*HOSTILE["a product of alternatives"]) for _ in range(6)))
    assert await longest_wait(work) < _MOST_SECS


async def test_a_check_that_takes_too_long_is_a_refusal_that_says_so():
    assert "too long to check" in await checked(*HOSTILE["a pattern beside anything"])


def _fuzz(examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(schema=schemas, value=values)
    def holds(schema: dict[str, Any], value: Any) -> None:
        whole = {"type": "object", "properties": {"a": schema, "b": schema}, "$defs": {"A": schema}}

        async def run() -> float:
            return await longest_wait(checked(whole, {"a": value, "b": value}))

        assert asyncio.run(run()) < _MOST_SECS

    holds()


def test_no_schema_that_a_fuzzer_finds_holds_anybody_up():
    _fuzz(25)


@pytest.mark.soak
def test_no_schema_that_a_fuzzer_finds_in_long_holds_anybody_up():
    _fuzz(2000)
