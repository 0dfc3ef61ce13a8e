"""hibari for the speech worker: English text to speech out of a wheel, by a model of 8 MB.

Runs in the worker process only. Source: hibari-tts 0.2.1 (Apache-2.0), `hibari/tts.py`, `hibari/dsp.py`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime

from orion.domain.text.clauses import ClauseWords, Timed, aligned, clauses
from orion.providers._speech.hibari_reader import Reader, package
from orion.providers._speech.hibari_sound import Samples, heard
from orion.providers._speech.hibari_text import is_readable, readable

_FIRST_CHARS, _NEXT_CHARS, _LONGEST_CHARS = 40, 80, 160
"""A clause is made at once, in 20 to 100 ms: the first is short, and a sentence stays whole if it can."""
_DURATIONS = "/Clip_output_0"
"""The model's tensor with the length of each phoneme, which it does not list among its outputs."""
_FRAME_SAMPLES = 600
_MOST_PHONEMES = 400
"""The model was taught no longer clauses."""
_PACKET_SECS = 0.1
_SEED = 0

_UNFORESEEN = ArithmeticError, AttributeError, LookupError, RuntimeError, StopIteration, TypeError, ValueError
"""What hibari's rules raise over a text that they do not foresee, a number of 400 digits for one."""

Emit = Callable[[bytes, list[Timed]], bool]
"""Takes PCM and the words that begin in it or later; False: nobody listens any more, stop."""


class Synthesizer:
    """The voice `heart`; it speaks one text at a time."""

    def __init__(self) -> None:
        """Load the model, lexicon and tagger. Raises OSError if the wheel is missing."""
        folder = package()
        if folder is None:
            raise OSError("hibari-tts is missing")
        assets = folder / "assets"
        self._reader = Reader(folder, self._spelled)
        self._oov = importlib.import_module("hibari.g2p.oov").OOV(
            str(assets / "oov.onnx"), _session((assets / "oov.onnx").read_bytes())
        )
        self._dsp = importlib.import_module("hibari.dsp")
        self._ids: dict[str, int] = json.loads((assets / "vocab.json").read_bytes())
        self._model = _session(_with_output((assets / "hibari.onnx").read_bytes(), _DURATIONS))
        self._outputs = [output.name for output in self._model.get_outputs()]
        self.sample_rate_hz: int = self._dsp.SR
        self.speak("I am Hibari.", "", "", lambda _pcm, _words: True)  # the first run is slow

    def speak(self, text: str, _voice: str, _language: str, emit: Emit) -> None:
        """Synthesize `text` clause by clause; words carry their start in seconds.

        A clause that cannot be read is not heard, nor does it end the call.
        """
        begun_secs, words = 0.0, ClauseWords(text)
        for clause in clauses(text, _FIRST_CHARS, _NEXT_CHARS, _LONGEST_CHARS):
            written = [word for word, _ in words.of(clause)]
            samples, times = self._spoken(clause, written)
            secs = len(samples) / self.sample_rate_hz
            timed = [(word, round(begun_secs + max(0.0, at), 3)) for word, at in times]
            if not self._emit(samples, timed, emit):
                return
            begun_secs += secs

    def _spoken(self, clause: str, written: list[str]) -> tuple[Samples, list[Timed]]:
        """The sound of a clause, and when each of its written words begins in it."""
        made = self._made(" ".join(map(readable, clause.split()))) if is_readable(clause) else None
        if made is None:
            return np.zeros(0, np.float32), [(word, 0.0) for word in written]
        samples, cut_secs = heard(made[0], self.sample_rate_hz)
        secs = len(samples) / self.sample_rate_hz
        read = [(word, min(max(0.0, begun - cut_secs), secs)) for word, begun in made[1]]
        return samples, aligned(written, read, secs)

    def _made(self, text: str) -> tuple[Samples, list[Timed]] | None:
        """All that the model makes of a text, and the words that it read; None if it cannot read it."""
        try:
            phonemes, words = self._reader.read(text)
        except _UNFORESEEN:
            return None
        if len(phonemes) > _MOST_PHONEMES and len(parts := _halves(text)) > 1:
            return self._joined([self._made(part) for part in parts])
        ids, begins = self._numbered(phonemes, words)
        if len(ids) < 3:
            return None
        found = dict(
            zip(
                self._outputs,
                self._model.run(None, {"ids": np.array([ids], np.int64), "speed": np.ones(1, np.float32)}),
                strict=True,
            )
        )
        starts = np.cumsum(found[_DURATIONS].reshape(-1)) * _FRAME_SAMPLES / self.sample_rate_hz
        spectrum = (found[name][0] for name in ("lh", "theta", "ln", "lr", "phi", "f0"))
        samples = self._dsp.synth(*spectrum, np.random.default_rng(_SEED))
        # ids[0] is the pad before all phonemes, so a phoneme begins where its predecessor ends
        return samples, [(word, float(starts[at])) for word, at in begins]

    def _joined(self, parts: list[tuple[Samples, list[Timed]] | None]) -> tuple[Samples, list[Timed]] | None:
        there = [part for part in parts if part is not None]
        if not there:
            return None
        words, before = [], 0.0
        for samples, timed in there:
            words += [(word, before + begun) for word, begun in timed]
            before += len(samples) / self.sample_rate_hz
        return np.concatenate([samples for samples, _ in there]), words

    def _numbered(
        self, phonemes: str, words: list[tuple[str, int]]
    ) -> tuple[list[int], list[tuple[str, int]]]:
        """The model's numbers for phonemes, a pad at each end, and where each word begins among them."""
        known = [sign in self._ids for sign in phonemes]
        places = [(word, sum(known[:at])) for word, at in words]
        ids = [self._ids[sign] for sign in phonemes if sign in self._ids]
        return [0, *ids, 0], places

    def _spelled(self, word: str) -> str | None:
        found: str | None = self._oov(word)
        return found

    def _emit(self, samples: Samples, words: list[Timed], emit: Emit) -> bool:
        """Words first, then the sound in tenths of a second; False as soon as nobody listens."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        step = round(self.sample_rate_hz * _PACKET_SECS) * 2
        goes_on = emit(pcm[:step], words)
        return goes_on and all(emit(pcm[at : at + step], []) for at in range(step, len(pcm), step))


def _halves(text: str) -> list[str]:
    words = text.split()
    middle = len(words) // 2
    return [part for part in (" ".join(words[:middle]), " ".join(words[middle:])) if part]


def _session(model: bytes) -> Any:
    """A session that takes one core and gives memory back."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _with_output(model: bytes, name: str) -> bytes:
    """A model that also returns one of its inner tensors.

    Protobuf merges what is appended: ModelProto.graph (7) { output (12) { name (1) } }, onnx.proto3.
    """
    field = name.encode()
    for tag in (0x0A, 0x62, 0x3A):
        field = bytes([tag, len(field)]) + field
    return model + field
