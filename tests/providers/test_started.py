"""What is started once for all calls of a process, also while it runs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import psutil
import pytest

from orion.domain.agent import Agent
from orion.providers import moonshine
from orion.providers._models import catalogue
from orion.providers._started import Started, serving
from tests.providers.pulled import put

ENTRY = '''"""Acme."""
import asyncio
STARTED = []


def llm(settings, agent): ...


async def start(settings):
    await asyncio.sleep(0)
    STARTED.append("start")


async def stop():
    STARTED.append("stop")
'''
LATE = """
import asyncio, json, sys, time

async def main():
    from pathlib import Path
    from orion import providers
    from orion.providers._started import Started
    from orion.settings import Settings
    gaps, last = [], time.perf_counter()
    started = Started()
    heavy = {name: name in sys.modules for name in ("openai", "anthropic", "deepgram")}
    work = asyncio.get_running_loop().create_task(
        started.start(Settings(Path(".")), ["openai", "anthropic", "deepgram", "elevenlabs"]))
    while not work.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
    await work
    print(json.dumps({"before": heavy, "turns": len(gaps), "longest": max(gaps), "secs": sum(gaps)}))

asyncio.run(main())
"""


@pytest.fixture
def acme(settings, tmp_path):
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "acme.py").write_text(ENTRY)
    return settings.changed(project=tmp_path)


async def test_each_is_started_once_whoever_asks_and_stopped_at_the_end(acme):
    from orion import providers

    started = Started()
    await asyncio.gather(*(started.start(acme, iter(["acme", "offline"])) for _ in range(3)))
    told = providers.module(acme, "acme").STARTED
    assert told == ["start"]
    await started.close()
    assert told == ["start", "stop"]


async def test_a_model_that_is_pulled_while_the_server_runs_is_loaded_before_a_call_and_ends_with_it(
    settings, tmp_path
):
    started, agent = Started(), Agent("test", "")
    before = serving(settings, agent, ["stt"])
    assert before == {"moonshine_tiny"}
    for name in ("deutsch", "english"):
        ready = await put(settings, tmp_path, **{name: "moonshine"})
        names = serving(ready, replace(agent, stt="moonshine", language=name[:2]), ["stt"])
        assert names == {"moonshine"}
        await started.start_late(ready, names)
        process = moonshine._PROCESSES.of(ready, catalogue.find(ready, name))
        assert process.pid, "another model of the same engine, too"
    pids = [one.pid for one in moonshine._PROCESSES._running.values() if one.pid]
    assert len(pids) == 2
    await started.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def test_what_cannot_be_started_before_a_call_stops_it_not(acme, logs):
    from orion import providers

    started = Started()
    (acme.project / "providers" / "bore.py").write_text(
        ENTRY.replace('STARTED.append("start")', "raise OSError(2, 'no engine')")
    )
    await started.start_late(acme, ["acme", "bore"])
    assert providers.module(acme, "acme").STARTED == ["start"]
    assert [line for line in logs if "bore cannot be started" in line]
    with pytest.raises(OSError, match="no engine"):
        await started.start(acme, ["bore"])


async def test_the_loop_turns_while_the_sdks_of_a_new_key_are_imported():
    """In a process of its own, where none of them is there yet."""
    import sys

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LATE, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    told = json.loads(out.decode().splitlines()[-1])
    assert not any(told["before"].values())
    assert told["turns"] > 10
    assert told["longest"] < told["secs"] / 3, told
