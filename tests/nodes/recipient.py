"""A recipient of webhooks: a real HTTP server that answers as it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Recipient:
    """Listens on loopback. `answers` are the next statuses, None for a request that hangs; then 200."""

    def __init__(self, *answers: int | None, port: int = 0, location: str = "") -> None:
        self.received: list[Received] = []
        self._answers = list(answers)
        self._let_go = threading.Event()
        recipient = self

        class Answerer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                recipient.received.append(Received(dict(self.headers), body))
                status = recipient._answers.pop(0) if recipient._answers else 200
                if status is None:
                    recipient._let_go.wait(30)
                    return
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Answerer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=private"

    @property
    def names(self) -> list[str]:
        return [received.event["name"] for received in self.received]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def verified(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Verification as the libraries of Standard Webhooks do it, written from its specification."""
    key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(key, content, hashlib.sha256).digest()
    signatures = [one.split(",") for one in headers["webhook-signature"].split(" ")]
    return any(
        version == "v1" and hmac.compare_digest(expected, base64.b64decode(signed))
        for version, signed in signatures
    )
