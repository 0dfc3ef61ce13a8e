"""Does a voice call notice what else goes on? Packets of a real call, undisturbed and disturbed.

Slow clients come from a process of their own: a thousand connections that send a header byte now and
then, opened anew when the server closes them, and a body of 100 MB. Sign-ins come twenty at once, in
four bursts. A packet is late when it comes more than 20 ms (its own length) after the most punctual one
of its phase, by its RTP timestamp.
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

import httpx
import numpy as np
import psutil
from _server import Server, head, percentile, serving, table
from _slow import CONNECTIONS

from tests.journeys.phone import Phone, calling, spoken

PHASE_SECS = 20
PHASES = ("undisturbed", "slow clients", "sign-ins")
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
    late: dict[str, list[float]] = {name: [] for name in PHASES}
    figures: dict[str, Any] = {"attacks": [], "sign_ins_secs": []}
    cpu: dict[str, float] = dict.fromkeys(PHASES, 0.0)
    process = psutil.Process(server.process.pid)
    async with server.client() as http:
        session = (await http.post("/api/v1/sessions", json={})).json()["id"]
        async with calling(http, session) as phone:
            await phone.quiet()
            packets = watch(phone)
            for phase in (*PHASES, *reversed(PHASES)):
                attacker, bursts = None, None
                if phase == "slow clients":
                    command = [sys.executable, str(ATTACK), server.url, str(PHASE_SECS)]
                    attacker = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
                elif phase == "sign-ins":
                    bursts = asyncio.get_running_loop().create_task(sign_ins(http))
                packets.clear()
                before, end = sum(process.cpu_times()[:2]), time.monotonic() + PHASE_SECS
                while time.monotonic() < end:
                    await phone.answer_to(question)
                cpu[phase] += sum(process.cpu_times()[:2]) - before
                late[phase] += lateness_ms(list(packets))
                if attacker is not None:
                    said, _ = await attacker.communicate()
                    figures["attacks"].append(json.loads(said))
                if bursts is not None:
                    figures["sign_ins_secs"] += await bursts
    for phase, values in late.items():
        figures[phase] = {
            "packets": len(values),
            "late_percent": 100 * sum(value > 20 for value in values) / len(values),
            "p95_ms": percentile(values),
            "p99_ms": percentile(values, 99),
            "max_ms": max(values),
            "server_cpu_secs": cpu[phase],
        }
    for phase in PHASES[1:]:
        more = figures[phase]["late_percent"] - figures["undisturbed"]["late_percent"]
        figures[phase]["more_late_points"] = more
    return figures


async def sign_ins(http: httpx.AsyncClient) -> list[float]:
    """Twenty wrong sign-ins at once, four times; how long each burst took, in seconds."""
    took = []
    for burst in range(4):
        began = time.monotonic()
        accounts = [{"email": f"{burst}-{n}@example.org", "password": "wrong"} for n in range(20)]
        answers = await asyncio.gather(*(http.post("/api/v1/auth/login", json=a) for a in accounts))
        assert {answer.status_code for answer in answers} == {401}, "bounded, and all answered"
        took.append(time.monotonic() - began)
        await asyncio.sleep(PHASE_SECS / 5)
    return took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    title = head()
    with serving(RATE_LIMIT_MAX="100000") as server:
        figures = asyncio.run(measure(server))
    names = ("packets", "late_percent", "p95_ms", "p99_ms", "max_ms", "server_cpu_secs")
    rows = [("", *names)]
    for phase in PHASES:
        rows.append((phase, *(f"{figures[phase][name]:.2f}" for name in names)))
    table(
        f"Audio packets of a call, beside {CONNECTIONS} slow clients and 100 MB, and sign-ins ({title})", rows
    )
    for phase in PHASES[1:]:
        print(f"  late packets more beside {phase}, in points: {figures[phase]['more_late_points']:.2f}")
    print(f"  attacks: {figures['attacks']}")
    print(f"  twenty sign-ins at once took {[round(secs, 2) for secs in figures['sign_ins_secs']]} s")
    if arguments.json:
        arguments.json.write_text(json.dumps({"head": title, **figures}, indent=1))


if __name__ == "__main__":
    main()
