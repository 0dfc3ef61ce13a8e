"""The guest house beyond ORION: what its booking system was told to do, by whom, and under which key."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class House:
    """A web service on loopback; the same key twice is one effect.

    Attributes:
        effects: By idempotency key: the session, what was done, and with what.
    """

    url: str
    effects: dict[str, tuple[str, str, dict[str, Any]]] = field(default_factory=dict)

    def of(self, *session_ids: str) -> list[tuple[str, dict[str, Any]]]:
        """What sessions have had done, in order."""
        return [(what, done) for session, what, done in self.effects.values() if session in session_ids]


@contextmanager
def open_house() -> Iterator[House]:
    """The house while somebody is there."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            done = json.loads(self.rfile.read(int(self.headers["content-length"])))
            key, session = self.headers["idempotency-key"], self.headers["x-session"]
            house.effects.setdefault(key, (session, self.path.strip("/"), done))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Not to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    house = House(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield house
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
