"""A hub of models on this machine: a real HTTP server with ranges, entity tags, redirects and faults."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml


def archive(files: dict[str, bytes]) -> bytes:
    """A tar with the files in one folder, as the releases have it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:bz2") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"some-model/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


class Hub:
    """Serves archives by their names.

    Attributes:
        asked: Of every request: path, `Range`, `If-Range`.
        drops_after: Answers break off after so many bytes, one by one.
        redirects: Where a name has moved to.
        status: Answered to everything, where it is set.
        weak: Whether entity tags are weak.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.drops_after: list[int] = []
        self.redirects: dict[str, str] = {}
        self.status = 0
        self.weak = False

    def entry(self, name: str, content: dict[str, bytes], **values: object) -> dict[str, object]:
        """Serve the files as the model `name`; its entry in a catalogue."""
        return self.packed(name, archive(content), list(content), **values)

    def packed(self, name: str, packed: bytes, members: list[str], **values: object) -> dict[str, object]:
        """Serve an archive as the model `name`; its entry in a catalogue."""
        self.files[f"{name}.tar.bz2"] = packed
        return {
            "provider": "moonshine",
            "kind": "stt",
            "languages": ["en"],
            "licence": "MIT",
            "size_bytes": len(packed),
            "sha256": hashlib.sha256(packed).hexdigest(),
            "url": f"{self.url}/{name}.tar.bz2",
            "files": {file.partition(".")[0]: file for file in members},
            **values,
        }


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub that runs, in a thread."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(served, self)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    served = Hub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(hub: Hub, to: BaseHTTPRequestHandler) -> None:
    name = to.path.lstrip("/")
    wanted, condition = to.headers.get("Range", ""), to.headers.get("If-Range", "")
    hub.asked.append((name, wanted, condition))
    if name in hub.redirects:
        return _head(to, 302, {"Location": hub.redirects[name], "Content-Length": "0"})
    if hub.status or name not in hub.files:
        return _head(to, hub.status or 404, {"Content-Length": "0"})
    content = hub.files[name]
    tag = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
    begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and condition == tag else 0
    headers = {"ETag": f"W/{tag}" if hub.weak else tag, "Content-Length": str(len(content) - begin)}
    if begin:
        headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
    _head(to, 206 if begin else 200, headers)
    drop = hub.drops_after.pop(0) if hub.drops_after else len(content)
    to.wfile.write(content[begin : begin + drop])
    to.close_connection = begin + drop < len(content)
    return None


def _head(to: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    to.send_response(status)
    for name, value in headers.items():
        to.send_header(name, value)
    to.end_headers()


def catalogue(project: Path, **entries: dict[str, object]) -> None:
    """Write the project's list of models."""
    (project / "orion.toml").touch()
    (project / "models.yaml").write_text(yaml.safe_dump(entries))
