"""The process that speaks: `python worker.py flite|espeak`, by its path.

Requests come on stdin, a JSON object per line: `{"id", "text", "voice", "language"}`. Answers go to
stdout as packets: kind (1 byte), id (4), length (4), little-endian, then the content:
`R` rate in Hz, decimal, once at start with id 0; `W` words, JSON `[[word, secs], ...]`;
`A` PCM, 16-bit mono; `E` end; `X` error, a sentence. Ends with its parent, at the end of stdin.
"""

from __future__ import annotations

import importlib.util
import json
import struct
import sys
from pathlib import Path
from typing import Any

HEADER = struct.Struct("<cII")


def main() -> None:
    """Serve requests until stdin ends."""
    synthesizer, rate_hz = _load(sys.argv[1])
    _send(b"R", 0, str(rate_hz).encode())
    for line in sys.stdin.buffer:
        request = json.loads(line)
        number = request["id"]

        def emit(pcm: bytes, words: list[tuple[str, float]], number: int = number) -> None:
            if words:
                _send(b"W", number, json.dumps(words).encode())
            if pcm:
                _send(b"A", number, pcm)

        try:
            synthesizer.speak(request["text"], request["voice"], request["language"], emit)
            _send(b"E", number, b"")
        except (OSError, ValueError) as error:
            _send(b"X", number, str(error).encode())


def _load(engine: str) -> tuple[Any, int]:
    """The engine's synthesizer, by its file: importing the package would load all of Pipecat."""
    path = Path(__file__).with_name(f"{engine}_voice.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    synthesizer = module.Synthesizer()
    return synthesizer, synthesizer.sample_rate_hz


def _send(kind: bytes, number: int, content: bytes) -> None:
    sys.stdout.buffer.write(HEADER.pack(kind, number, len(content)) + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
