"""Networks of a test: namespaces that end with it, joined by cables, with a NAT between.

```
 client 192.168.77.2 ── nat 192.168.77.1 │ 203.0.113.2 ── edge 203.0.113.1 │ 10.77.0.1 ── server 10.77.0.2
                        masquerades                       nginx, coturn                   ORION
```
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.conftest import need

CLIENT, NAT_INSIDE, NAT_OUTSIDE = "192.168.77.2", "192.168.77.1", "203.0.113.2"
EDGE_OUTSIDE, EDGE_INSIDE, SERVER = "203.0.113.1", "10.77.0.1", "10.77.0.2"


@dataclass(frozen=True)
class Namespace:
    """A network of its own, kept by a process."""

    pid: int

    @property
    def inside(self) -> tuple[str, ...]:
        """The command that runs another one in this network."""
        return ("nsenter", f"--net=/proc/{self.pid}/ns/net", "--")

    def run(self, *command: str, text: str | None = None) -> str:
        done = subprocess.run(
            [*self.inside, *command], input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def forward(self) -> None:
        """Be a router."""
        self.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")

    def rules(self, **chains: tuple[str, str]) -> None:
        """Make the nftables table `orion`: chains by name, each with its hook and its one rule."""
        lines = ["add table ip orion"]
        for name, (hook, rule) in chains.items():
            lines.append(f"add chain ip orion {name} {{ type {hook}; }}")
            lines.append(f"add rule ip orion {name} {rule}")
        self.run("nft", "-f", "-", text="\n".join([*lines, ""]))

    def packets(self, chain: str) -> int:
        """What the rule of a chain, which holds a counter, has counted."""
        found = re.search(r"packets (\d+)", self.run("nft", "list", "chain", "ip", "orion", chain))
        assert found
        return int(found[1])


@dataclass(frozen=True)
class Networks:
    """The four networks of the drawing above."""

    client: Namespace
    nat: Namespace
    edge: Namespace
    server: Namespace


def need_networks() -> None:
    """Skip, or fail where everything is required, unless namespaces with a NAT can be made."""
    for program in ("unshare", "nsenter", "ip", "nft"):
        need(program)
    if os.getuid() != 0:
        reason = "only root can make network namespaces"
        if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def networks() -> Iterator[Networks]:
    """The networks, cabled and routed; the client's goes out through the masquerading router."""
    with ExitStack() as stack:
        made = Networks(*(stack.enter_context(_namespace()) for _ in range(4)))
        _cable(made.client, CLIENT, made.nat, NAT_INSIDE)
        _cable(made.nat, NAT_OUTSIDE, made.edge, EDGE_OUTSIDE)
        _cable(made.edge, EDGE_INSIDE, made.server, SERVER)
        made.client.run("ip", "route", "add", "default", "via", NAT_INSIDE)
        made.nat.run("ip", "route", "add", "default", "via", EDGE_OUTSIDE)
        made.server.run("ip", "route", "add", "default", "via", EDGE_INSIDE)
        made.nat.forward()
        made.edge.forward()
        made.nat.rules(leaving=("nat hook postrouting priority 100", f"ip saddr {CLIENT} masquerade"))
        yield made


@contextmanager
def _namespace() -> Iterator[Namespace]:
    # `cat` ends when its input does: with the test, however that ends, and the network with it.
    keeper = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "ip link set lo up && echo made && exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == b"made\n"
        yield Namespace(keeper.pid)


def _cable(one: Namespace, address: str, other: Namespace, other_address: str) -> None:
    name, other_name = (f"to{end.rsplit('.', 1)[0].replace('.', '')}" for end in (other_address, address))
    name, other_name = f"{name}a", f"{other_name}b"
    ends = ["netns", str(one.pid), "type", "veth", "peer", "name", other_name, "netns", str(other.pid)]
    subprocess.run(["ip", "link", "add", name, *ends], check=True)
    for space, link, own in ((one, name, address), (other, other_name, other_address)):
        space.run("ip", "address", "add", f"{own}/24", "dev", link)
        space.run("ip", "link", "set", link, "up")


@asynccontextmanager
async def running(command: list[str], log: Path, until: str) -> AsyncIterator[None]:
    """Run a program until the end of the block; it is ready when its log holds `until`."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        async with asyncio.timeout(10):
            while until not in log.read_text(errors="replace"):
                assert process.poll() is None, log.read_text(errors="replace")
                await asyncio.sleep(0.02)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
