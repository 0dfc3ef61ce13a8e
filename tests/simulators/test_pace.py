"""The simulated vendors' times."""

import asyncio
import statistics
from random import Random

import httpx
import pytest

from tests.simulators.openai import KEY, openai
from tests.simulators.pace import Latency, Pace

QUESTION = {"model": "gpt", "stream": True, "messages": [{"role": "user", "content": "hello"}]}


def test_times_are_spread_as_it_says():
    chance = Random(7)
    times = statistics.quantiles((Latency(200, 600).secs(chance) for _ in range(20_000)), n=100)
    assert times[49] == pytest.approx(0.2, rel=0.05)
    assert times[94] == pytest.approx(0.6, rel=0.05)


def test_without_a_latency_there_is_none():
    assert Latency().secs(Random(1)) == 0


async def test_an_answer_begins_and_goes_on_at_its_vendors_pace():
    async with openai() as vendor, httpx.AsyncClient(base_url=vendor.url) as http:
        vendor.pace = Pace(first=Latency(200, 200), next=Latency(20, 20))
        clock = asyncio.get_running_loop().time
        begun = clock()
        headers = {"authorization": f"Bearer {KEY}"}
        async with http.stream("POST", "/chat/completions", json=QUESTION, headers=headers) as answer:
            times = [clock() - begun async for line in answer.aiter_lines() if line]
    assert times[0] >= 0.19
    assert times[-1] >= 0.19 + 0.019 * (len(times) - 1)
