"""The process that recognises utterances: `python worker.py OPTIONS`, by its path.

OPTIONS is JSON: `{"family": "moonshine" | "whisper", "files": {...}, "threads": n}`. Requests come on
stdin as packets: kind (1 byte), number (4), length (4), little-endian, content. Of an utterance (`F`), or of
one that goes on (`D`), it is the language in ASCII, a zero byte, and PCM, 16-bit mono, 16 kHz; `P` brings
phrases in lines, which these models cannot use. Answers go to stdout, a JSON object per line: `{"ready":
true}` once, then of each utterance `{"id", "text", "language"}`, as they are done: several are under way at
the same time, for the runtime lets go of the GIL; `{"id", "error"}` of one that failed. Ends with its parent,
at the end of stdin.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import struct
import sys
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import sherpa_onnx

_HEADER = struct.Struct("<cII")
_PR_SET_PDEATHSIG = 1
_RATE_HZ = 16000
_WHISPERS = {"auto": "", "nb": "no", "fil": "tl"}
"""Whisper's names of languages where they differ: none lets it detect the language."""
_NO_SPEECH = re.compile(r"\s*[\[(*♪][^\])]*[\])*♪]\s*\Z")
"""What Whisper writes for sounds that are no speech: `[BLANK_AUDIO]`, `(music)`."""


def main() -> None:
    """Load the model, say so, and recognise until stdin ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for ORION
    options = json.loads(sys.argv[1])
    recogniser = _Recogniser(**options)
    _say({"ready": True})
    with ThreadPoolExecutor(options["threads"]) as pool:
        while len(header := sys.stdin.buffer.read(_HEADER.size)) == _HEADER.size:
            kind, number, length = _HEADER.unpack(header)
            language, _, pcm = sys.stdin.buffer.read(length).partition(b"\0")
            if kind == b"P":
                continue
            answer = pool.submit(recogniser.answer, number, language.decode(), pcm)
            answer.add_done_callback(partial(_failed, number))


def _failed(number: int, answer: Future[None]) -> None:
    """Tell who waits for an answer that there will be none."""
    if error := answer.exception():
        _say({"id": number, "error": type(error).__name__})


class _Complaints:
    """What the runtime writes to stderr, kept in a file: an exception of a model is told nowhere else.

    Source: sherpa-onnx, offline-recognizer-moonshine-v2-impl.h and -whisper-impl.h: it is caught, and the
    result left empty.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - as long as the process
        os.dup2(self._file.fileno(), 2)

    def size(self) -> int:
        """Bytes so far."""
        return os.fstat(self._file.fileno()).st_size

    def exception_since(self, size: int) -> bool:
        """Whether one was told of behind so many bytes."""
        return b"exception" in os.pread(self._file.fileno(), self.size() - size, size)


class _Recogniser:
    """One model. Moonshine decodes several utterances at once, Whisper, whose language is set, one."""

    def __init__(self, family: str, files: dict[str, str], threads: int) -> None:
        make = sherpa_onnx.OfflineRecognizer
        self._complaints = _Complaints()
        self._deciding = threading.Lock() if family == "whisper" else None
        if family == "whisper":
            names = ("encoder", "decoder", "tokens")
            self._loaded = make.from_whisper(*(files[name] for name in names), num_threads=threads)
        else:
            self._loaded = make.from_moonshine_v2(
                encoder=files["encoder"], decoder=files["decoder"], tokens=files["tokens"], num_threads=1
            )

    def answer(self, number: int, language: str, pcm: bytes) -> None:
        """Recognise an utterance and say what it was. Raises RuntimeError where the model cannot."""
        before = self._complaints.size()
        stream = self._loaded.create_stream()
        stream.accept_waveform(_RATE_HZ, np.frombuffer(pcm, np.int16).astype(np.float32) / 32768)
        if self._deciding is None:
            self._loaded.decode_stream(stream)
        else:
            with self._deciding:
                self._listen_for(_WHISPERS.get(language, language))
                self._loaded.decode_stream(stream)
        if not stream.result.text and self._complaints.exception_since(before):
            raise RuntimeError("the model failed")
        text, spoken = stream.result.text.strip(), stream.result.lang.strip("<|>")
        _say({"id": number, "text": "" if _NO_SPEECH.match(text) else text, "language": spoken})

    def _listen_for(self, language: str) -> None:
        config = self._loaded.config
        if config.model_config.whisper.language != language:
            config.model_config.whisper.language = language
            self._loaded.recognizer.set_config(config)


_saying = threading.Lock()


def _say(answer: dict[str, Any]) -> None:
    with _saying:
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
