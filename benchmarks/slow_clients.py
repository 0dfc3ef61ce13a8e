"""Does a voice call notice slow clients? Packets of a real call, undisturbed and beside an attack.

The attack comes from a process of its own: a thousand connections that send a header byte now and then,
opened anew when the server closes them, and a body of 100 MB. A packet is late when it comes more than
20 ms (its own length) after the most punctual one of its phase, by its RTP timestamp.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from _server import Server, head, percentile, serving, table
from _slow import CONNECTIONS

from tests.journeys.phone import Phone, calling, spoken

PHASE_SECS = 20
ATTACK = Path(__file__).with_name("_slow.py")
CLOCK_HZ = 48_000


def watch(phone: Phone) -> list[tuple[float, int]]:
    """Note arrival (monotonic seconds) and RTP timestamp of every audio packet from now on."""
    packets: list[tuple[float, int]] = []
    receiver = phone.pc.getReceivers()[0]
    handle = receiver._handle_rtp_packet  # noqa: SLF001 - aiortc shows packets nowhere else

    async def noted(packet: Any, arrival_time_ms: int) -> None:
        packets.append((time.monotonic(), packet.timestamp))
        await handle(packet, arrival_time_ms)

    receiver._handle_rtp_packet = noted  # noqa: SLF001
    return packets


def lateness_ms(packets: list[tuple[float, int]]) -> list[float]:
    """How much later than the most punctual packet each one came."""
    arrival = np.array([at for at, _ in packets])
    stamps = np.unwrap(np.array([stamp for _, stamp in packets], float), period=2.0**32)
    offset = arrival - stamps / CLOCK_HZ
    return list((offset - offset.min()) * 1000)


async def measure(server: Server) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        question = spoken("twelve times nine", Path(folder))
    late: dict[str, list[float]] = {"undisturbed": [], "disturbed": []}
    figures: dict[str, Any] = {"attacks": []}
    cpu: dict[str, float] = {"undisturbed": 0.0, "disturbed": 0.0}
    process = psutil.Process(server.process.pid)
    async with server.client() as http:
        session = (await http.post("/api/v1/sessions", json={})).json()["id"]
        async with calling(http, session) as phone:
            await phone.quiet()
            packets = watch(phone)
            for phase in ("undisturbed", "disturbed", "disturbed", "undisturbed"):
                attacker = None
                if phase == "disturbed":
                    command = [sys.executable, str(ATTACK), server.url, str(PHASE_SECS)]
                    attacker = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
                packets.clear()
                before, end = sum(process.cpu_times()[:2]), time.monotonic() + PHASE_SECS
                while time.monotonic() < end:
                    await phone.answer_to(question)
                cpu[phase] += sum(process.cpu_times()[:2]) - before
                late[phase] += lateness_ms(list(packets))
                if attacker is not None:
                    said, _ = await attacker.communicate()
                    figures["attacks"].append(json.loads(said))
    for phase, values in late.items():
        figures[phase] = {
            "packets": len(values),
            "late_percent": 100 * sum(value > 20 for value in values) / len(values),
            "p95_ms": percentile(values),
            "p99_ms": percentile(values, 99),
            "max_ms": max(values),
            "server_cpu_secs": cpu[phase],
        }
    figures["more_late_points"] = (
        figures["disturbed"]["late_percent"] - figures["undisturbed"]["late_percent"]
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    title = head()
    with serving() as server:
        figures = asyncio.run(measure(server))
    names = ("packets", "late_percent", "p95_ms", "p99_ms", "max_ms", "server_cpu_secs")
    rows = [("", *names)]
    for phase in ("undisturbed", "disturbed"):
        rows.append((phase, *(f"{figures[phase][name]:.2f}" for name in names)))
    table(f"Audio packets of a call beside {CONNECTIONS} slow clients and 100 MB ({title})", rows)
    print(
        f"\n  late packets more, in points: {figures['more_late_points']:.2f}; attacks: {figures['attacks']}"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps({"head": title, **figures}, indent=1))


if __name__ == "__main__":
    main()
