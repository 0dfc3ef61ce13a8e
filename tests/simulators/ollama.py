"""An Ollama that pulls: `/api/pull`, `/api/tags` and `/api/delete` as its documentation has them.

Reference: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.faults import Fault
from tests.simulators.wire import Asked, Reply, as_json, serve

LAYERS = {"sha256:3e4c": 2_000_000, "sha256:ae37": 4_000}
"""Digests and sizes of what a model is made of."""


@dataclass
class Ollama:
    """The running server.

    Attributes:
        url: Its address, with `/v1`.
        library: The models that it can pull. `models`: those that it has, the newest first.
        breaks_off: How often a pull breaks off half way, before one goes through.
        hangs_up: Whether every pull breaks off before anything has come.
        room_bytes: What its disk takes; None for enough.
        error: What every pull fails with.
        have: Bytes of each layer that have come; a pull goes on from there.
        asked: Paths and bodies of all requests.
    """

    url: str = ""
    library: tuple[str, ...] = ("qwen3:4b-instruct", "granite3.3:2b", "tiny:1b")
    models: list[str] = field(default_factory=list)
    breaks_off: int = 0
    hangs_up: bool = False
    room_bytes: int | None = None
    error: str = ""
    have: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    async def answer(self, asked: Asked) -> Reply:
        body = json.loads(asked.body or b"null")
        self.asked.append((asked.path, body))
        if asked.path == "/api/tags":
            return as_json({"models": [{"name": name, "model": name} for name in self.models]})
        if asked.path == "/api/delete" and asked.method == "DELETE":
            if body["model"] not in self.models:
                return as_json({"error": f"model '{body['model']}' not found"}, 404)
            self.models.remove(body["model"])
            return Reply([b""])
        if asked.path == "/api/pull" and asked.method == "POST":
            return self._pull(body["model"])
        return as_json({"error": "not found"}, 404)

    def _pull(self, name: str) -> Reply:
        lines: list[dict[str, Any]] = [{"status": "pulling manifest"}]
        if name not in self.library:
            return _lines([*lines, {"error": "pull model manifest: file does not exist"}])
        if self.hangs_up:
            return _lines(lines, Fault("drop", after=1))
        if self.error:
            return _lines([*lines, {"error": self.error}])
        for digest, size in LAYERS.items():
            done = self.have.get(digest, 0)
            for quarter in (size // 4, size // 2, 3 * size // 4, size):
                if quarter <= done:
                    continue
                if self.room_bytes is not None and quarter > self.room_bytes:
                    path = f"/usr/share/ollama/.ollama/models/blobs/{digest}-partial"
                    return _lines([*lines, {"error": f"write {path}: no space left on device"}])
                self.have[digest] = quarter
                shown = {"status": f"pulling {digest[7:]}", "digest": digest, "total": size}
                lines.append({**shown, "completed": quarter})
                if self.breaks_off and quarter > done:
                    self.breaks_off -= 1
                    return _lines(lines, Fault("drop", after=len(lines)))
        self.models.insert(0, name)
        ends = ("verifying sha256 digest", "writing manifest", "removing any unused layers", "success")
        return _lines([*lines, *({"status": status} for status in ends)])


def _lines(messages: list[dict[str, Any]], fault: Fault | None = None) -> Reply:
    pieces = [json.dumps(message).encode() + b"\n" for message in messages]
    return Reply(pieces, content_type="application/x-ndjson", stream=True, fault=fault)


@asynccontextmanager
async def ollama() -> AsyncIterator[Ollama]:
    """Serve on a free port of loopback while the context is open."""
    simulator = Ollama()
    async with serve(simulator.answer) as address:
        simulator.url = f"{address}/v1"
        yield simulator
