"""The process that speaks: `python worker.py hibari|flite|espeak|neural [OPTIONS]`, by its path.

Requests come on stdin, a JSON object per line: `{"id", "text", "voice", "language"}`, ids in rising order;
`{"cancel": id}` stops one that nobody waits for any more. Answers go to stdout as packets: kind (1 byte),
id (4), length (4), little-endian, then the content: `R` rate in Hz, decimal, once at start with id 0;
`W` words, JSON `[[word, secs], ...]`; `A` PCM, 16-bit mono; `E` end; `X` error, a sentence. Ends with its
parent, at the end of stdin.
"""

from __future__ import annotations

import importlib
import json
import struct
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any

HEADER = struct.Struct("<cII")


def main() -> None:
    """Serve requests, one after the other, until stdin ends."""
    synthesizer, rate_hz = _load(sys.argv[1], *sys.argv[2:])
    _send(b"R", 0, str(rate_hz).encode())
    requests = _Requests()
    while (request := requests.next()) is not None:
        number = request["id"]

        def emit(pcm: bytes, words: list[tuple[str, float]], number: int = number) -> bool:
            if words:
                _send(b"W", number, json.dumps(words).encode())
            if pcm:
                _send(b"A", number, pcm)
            return number not in requests.cancelled

        try:
            if number not in requests.cancelled:
                synthesizer.speak(request["text"], request["voice"], request["language"], emit)
            _send(b"E", number, b"")
        except (OSError, ValueError, RuntimeError) as error:
            _send(b"X", number, str(error).encode())
        requests.done(number)


class _Requests:
    """What is asked for, read by a thread, so that a cancellation is seen in the middle of a sentence."""

    def __init__(self) -> None:
        self.cancelled: set[int] = set()
        self._done = 0
        self._waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> dict[str, Any] | None:
        """The next request; None at the end of stdin."""
        return self._waiting.get()

    def done(self, number: int) -> None:
        """Forget a cancellation that has been served."""
        self._done = number
        self.cancelled.discard(number)

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            if "cancel" not in message:
                self._waiting.put(message)
            elif message["cancel"] > self._done:
                self.cancelled.add(message["cancel"])
        self._waiting.put(None)


def _load(engine: str, *options: str) -> tuple[Any, int]:
    """The engine's synthesizer. Its packages' own `__init__` would load all of Pipecat, and is left out."""
    here = Path(__file__).parent
    for name, folder in (("orion.providers", here.parent), ("orion.providers._speech", here)):
        sys.modules[name] = package = ModuleType(name)
        package.__path__ = [str(folder)]
    module = importlib.import_module(f"orion.providers._speech.{engine}_voice")
    synthesizer = module.Synthesizer(*options)
    return synthesizer, synthesizer.sample_rate_hz


def _send(kind: bytes, number: int, content: bytes) -> None:
    sys.stdout.buffer.write(HEADER.pack(kind, number, len(content)) + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
