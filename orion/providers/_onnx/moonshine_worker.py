"""The process that hears by Moonshine's bundled model: `python moonshine_worker.py OPTIONS`, by its path.

OPTIONS is JSON: `{"files": {"encoder", "decoder", "tokenizer"}, "threads": n}`. Packets, requests and answers
are those of `worker.py` beside it; an answer tells, too, whether the model is `sure` of it.
`F` is an utterance that has ended: the likeliest of six hearings is told, by the phrases that `P` has
brought. `D` is one that goes on: it is heard once, quickly, and not at all (its text is empty) while
another one waits for its end.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import signal
import struct
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from orion.domain.language_model import LanguageModel, alike
from orion.domain.transcript import said, spoken_words

if TYPE_CHECKING:
    from orion.providers._onnx.moonshine_model import Hypothesis

_HEADER = struct.Struct("<cII")
_LIBC: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8
"""A parameter of mallopt(3)."""
_BEAMS = 6
_BEAMS_UP_TO_SECS = 8.0
"""Beyond that several hearings take half a second, and are hardly better than one."""
_LAMBDA = 0.2
"""How much the phrases count: 0.1 to 0.3 help requests and answers alike, 0.5 harms other speech."""
_WHOLE = 1.5
"""What a hearing gains that is a phrase from its beginning to its end: of two short words that sound alike
("yes", "less") it is likelier the one that people say to an agent."""

_DOUBTFUL = -0.5
"""Below it lies the mean log probability of a token for speech backwards, and for no speech in noise."""
_FEW_TOKENS = 5


def main() -> None:
    """Load the model, say so, and hear until stdin ends."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if hasattr(_LIBC, "mallopt"):
            _LIBC.mallopt(_M_ARENA_MAX, 1)  # each thread's own would keep 30 MB that it has used once
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for ORION
    options = json.loads(sys.argv[1])
    ear = _Ear(options["files"])
    _say({"ready": True})
    with ThreadPoolExecutor(options["threads"]) as finals, ThreadPoolExecutor(1) as drafts:
        while len(header := sys.stdin.buffer.read(_HEADER.size)) == _HEADER.size:
            kind, number, length = _HEADER.unpack(header)
            content = sys.stdin.buffer.read(length)
            if kind == b"P":
                ear.expect(content.decode().split("\n"))
                continue
            ear.waits(number, ends=kind == b"F")
            pool, hear = (finals, ear.final) if kind == b"F" else (drafts, ear.draft)
            answer = pool.submit(hear, number, content.partition(b"\0")[2])
            answer.add_done_callback(partial(_failed, number))


def _failed(number: int, answer: Future[None]) -> None:
    """Tell who waits for an answer that there will be none."""
    if error := answer.exception():
        _say({"id": number, "error": type(error).__name__})


class _Ear:
    """The model, and which utterances wait for their words."""

    def __init__(self, files: dict[str, str]) -> None:
        self._decoding = _beside("moonshine_model")
        self._model = self._decoding.Moonshine(files["encoder"], files["decoder"], files["tokenizer"])
        self._model.hear(np.zeros(1600, np.float32), _BEAMS)  # the first one would take twice as long
        self._expected = LanguageModel.of_answers([])
        self._waiting: set[int] = set()
        _give_back()

    def expect(self, phrases: list[str]) -> None:
        """From now on the likelier of several hearings is the one that is like the phrases."""
        self._expected = LanguageModel.of_answers(phrases)

    def waits(self, number: int, *, ends: bool) -> None:
        """An utterance has come in."""
        if ends:
            self._waiting.add(number)

    def final(self, number: int, pcm: bytes) -> None:
        """Say what an utterance was."""
        try:
            samples = _samples(pcm)
            short = len(samples) <= _BEAMS_UP_TO_SECS * self._decoding.RATE_HZ
            heard = self._model.hear(samples, _BEAMS if short else 1)
            _answer(number, max(heard, key=self._likelihood))
        finally:
            self._waiting.discard(number)
            _give_back()

    def draft(self, number: int, pcm: bytes) -> None:
        """Say what it is so far, unless somebody waits for more."""
        try:
            (heard,) = self._model.hear(_samples(pcm), 1, lambda: not self._waiting)
        except self._decoding.Stopped:
            _say({"id": number, "text": "", "language": "", "sure": True})
        else:
            _answer(number, heard)

    def _likelihood(self, heard: Hypothesis) -> float:
        words = alike(spoken_words(heard.text))
        whole = _WHOLE if self._expected.knows(words) else 0.0
        return heard.log_chance + _LAMBDA * self._expected.likeness(words) + whole


def _give_back() -> None:
    """Return free pages to the system: a search takes tens of MB for a moment."""
    if hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)


def _beside(name: str) -> Any:
    """The module in the file beside this one: importing its package would load all of Pipecat."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _samples(pcm: bytes) -> Any:
    return np.frombuffer(pcm, np.int16).astype(np.float32) / 32768


def _answer(number: int, heard: Hypothesis) -> None:
    mean = heard.log_chance / heard.tokens
    sure = heard.tokens < _FEW_TOKENS or mean > _DOUBTFUL
    _say({"id": number, "text": said(heard.text), "language": "", "sure": sure})


_saying = threading.Lock()


def _say(answer: dict[str, Any]) -> None:
    with _saying:
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
