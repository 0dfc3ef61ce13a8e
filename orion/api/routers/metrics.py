"""`/metrics` in Prometheus' text format 0.0.4: counters, gauges and histograms, all named `orion_...`.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials

from orion import __version__
from orion.api.access import API_KEY, BEARER, Parts, PartsDep, admin, at_the_machine, current, identify
from orion.domain.usage import AMOUNTS, MICROS
from orion.pipelines.records.meter import Histogram, Meter

router = APIRouter(tags=["health"])

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PROC = Path("/proc/self")

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": "orion_calls_live 2\n"}}}
    },
    openapi_extra={"security": [{}]},  # on the machine itself it asks for none
)
async def metrics(
    request: Request,
    parts: PartsDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    api_key: Annotated[str | None, Depends(API_KEY)],
) -> PlainTextResponse:
    """What this process has done and how it is, for Prometheus: on the machine itself, or for an admin."""
    if not at_the_machine(request):
        await admin(await current(parts, await identify(parts, credentials, api_key)))
    return PlainTextResponse("".join(f"{line}\n" for line in _lines(parts)), media_type=_TYPE)


def _lines(parts: Parts) -> Iterator[str]:
    calls, meter, writer = parts.calls, parts.calls.shared.meter, parts.calls.shared.writer
    yield from family("build", "gauge", "The version that runs.", [({"version": __version__}, 1)])
    yield from family("calls_live", "gauge", "Voice calls that are live.", [({}, calls.live)])
    ended = [({"kind": kind, "end_reason": why}, count) for (kind, why), count in meter.calls.items()]
    yield from family("calls_total", "counter", "Calls that have ended.", ended)
    yield from family(
        "calls_abandoned_total", "counter", "Calls whose pipeline would not end.", [({}, calls.abandoned)]
    )
    turns = [({"role": role}, count) for role, count in meter.turns.items()]
    yield from family("turns_total", "counter", "Turns that have ended.", turns)
    yield from family(
        "turns_interrupted_total", "counter", "Turns of the agent cut off.", [({}, meter.interrupted)]
    )
    yield from histograms(
        "turn_stage_seconds",
        "Time from the end of the user's speech to a stage of the answer.",
        [({"way": way, "stage": stage}, found) for (way, stage), found in sorted(meter.latency.items())],
    )
    switches = [({"kind": kind, "provider": name}, n) for (kind, name), n in sorted(meter.switches.items())]
    yield from family("provider_switches_total", "counter", "Failures of an engine of an order.", switches)
    yield from _consumption(meter)
    yield from histograms("event_loop_lag_seconds", "Lateness of timers.", [({}, meter.loop_lag)])
    yield from family("asyncio_tasks", "gauge", "Tasks of the event loop.", [({}, len(asyncio.all_tasks()))])
    yield from family("writer_queue", "gauge", "Records that wait to be written.", [({}, writer.waiting)])
    yield from family(
        "writer_dropped_total", "counter", "Records lost on a full queue.", [({}, writer.dropped)]
    )
    yield from _process()


def _consumption(meter: Meter) -> Iterator[str]:
    """What the engines consumed and cost, as it was given to turns and sessions."""
    for name in AMOUNTS:
        unit = name.replace("_secs", "_seconds")
        found = [
            ({"kind": kind, "provider": provider}, n)
            for (amount, kind, provider), n in sorted(meter.consumed.items())
            if amount == name
        ]
        yield from family(f"usage_{unit}_total", "counter", f"Consumed: {unit.replace('_', ' ')}.", found)
    cost = [({"kind": k, "provider": p}, n / MICROS) for (k, p), n in sorted(meter.cost_micros.items())]
    yield from family("usage_cost_usd_total", "counter", "The known cost, in dollars.", cost)
    unpriced = [({"kind": k, "provider": p}, n) for (k, p), n in sorted(meter.unpriced.items())]
    yield from family("usage_unpriced_total", "counter", "Usages whose cost is not known.", unpriced)


def _process() -> Iterator[str]:
    """What the kernel tells of this process; nothing where there is no /proc."""
    if not (_PROC / "status").exists():
        return
    status = dict(line.split(":", 1) for line in (_PROC / "status").read_text().splitlines())
    rss_bytes = int(status["VmRSS"].split()[0]) * 1024
    yield from family("process_resident_memory_bytes", "gauge", "Memory in use (RSS).", [({}, rss_bytes)])
    fds = sum(1 for _ in (_PROC / "fd").iterdir())
    yield from family("process_open_fds", "gauge", "Open file descriptors.", [({}, fds)])
    yield from family("process_threads", "gauge", "Threads.", [({}, int(status["Threads"]))])


def family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    """The lines of one metric; `kind` is `counter` or `gauge`."""
    yield f"# HELP orion_{name} {about}"
    yield f"# TYPE orion_{name} {kind}"
    for labels, value in samples:
        yield f"orion_{name}{_braced(labels)} {value:.15g}"


def histograms(name: str, about: str, found: Iterable[tuple[Labels, Histogram]]) -> Iterator[str]:
    """The lines of one histogram metric: cumulative buckets, sum and count for each set of labels."""
    yield f"# HELP orion_{name} {about}"
    yield f"# TYPE orion_{name} histogram"
    for labels, histogram in found:
        count = 0
        for bound, values in zip((*histogram.bounds, "+Inf"), histogram.counts, strict=True):
            count += values
            yield f"orion_{name}_bucket{_braced({**labels, 'le': str(bound)})} {count}"
        yield f"orion_{name}_sum{_braced(labels)} {histogram.total:.15g}"
        yield f"orion_{name}_count{_braced(labels)} {count}"


def _braced(labels: Labels) -> str:
    parts = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    return f"{{{','.join(parts)}}}" if parts else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
