"""flite through ctypes, for the speech worker: whole sentences, with the times of their words.

Runs in the worker process only. Source: flite 2.2, `include/flite.h`; relations and feature paths as
in the Festival Speech Synthesis System's utterance structure.
"""

from __future__ import annotations

import ctypes as c
from collections.abc import Callable

_LIBRARIES = ("libflite.so.1", "libflite_cmulex.so.1", "libflite_usenglish.so.1")
_START = b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end"
"""Path from a token to the end of the segment before its first one, in seconds."""
VOICES = ("slt", "rms", "awb", "kal16")

Emit = Callable[[bytes, list[tuple[str, float]]], None]


class _Wave(c.Structure):
    _fields_ = (
        ("type", c.c_char_p),
        ("sample_rate", c.c_int),
        ("num_samples", c.c_int),
        ("num_channels", c.c_int),
        ("samples", c.POINTER(c.c_short)),
    )


class Synthesizer:
    """flite with the voices that the system has."""

    sample_rate_hz = 16000

    def __init__(self) -> None:
        """Load the libraries. Raises OSError where they are missing."""
        loaded = [c.CDLL(name, c.RTLD_GLOBAL) for name in _LIBRARIES]
        self._flite = loaded[0]
        self._voices: dict[str, int] = {}
        self._declare()
        self._flite.flite_init()

    def _declare(self) -> None:
        pointer, text = c.c_void_p, c.c_char_p
        for name, result, arguments in (
            ("flite_synth_text", pointer, [text, pointer]),
            ("utt_relation", pointer, [pointer, text]),
            ("relation_head", pointer, [pointer]),
            ("item_next", pointer, [pointer]),
            ("ffeature_string", text, [pointer, text]),
            ("ffeature_float", c.c_float, [pointer, text]),
            ("utt_wave", c.POINTER(_Wave), [pointer]),
            ("delete_utterance", None, [pointer]),
        ):
            function = getattr(self._flite, name)
            function.restype, function.argtypes = result, arguments

    def speak(self, text: str, voice: str, _language: str, emit: Emit) -> None:
        """Synthesize `text` and emit it at once: PCM at 16 kHz, and words with their start in seconds."""
        utterance = self._flite.flite_synth_text(text.encode(), self._voice(voice))
        try:
            words = self._words(utterance, text.split())
            wave = self._flite.utt_wave(utterance).contents
            emit(c.string_at(wave.samples, wave.num_samples * 2), words)
        finally:
            self._flite.delete_utterance(utterance)

    def _words(self, utterance: int, written: list[str]) -> list[tuple[str, float]]:
        flite, found = self._flite, []
        token = flite.relation_head(flite.utt_relation(utterance, b"Token"))
        while token:
            name = flite.ffeature_string(token, b"name").decode(errors="replace")
            found.append((name, round(flite.ffeature_float(token, _START), 3)))
            token = flite.item_next(token)
        if len(found) == len(written):  # as written, with its punctuation
            return [(word, secs) for word, (_, secs) in zip(written, found, strict=True)]
        return found

    def _voice(self, name: str) -> int:
        name = name if name in VOICES else VOICES[0]
        if name not in self._voices:
            register = getattr(
                c.CDLL(f"libflite_cmu_us_{name}.so.1", c.RTLD_GLOBAL), f"register_cmu_us_{name}"
            )
            register.restype, register.argtypes = c.c_void_p, [c.c_char_p]
            self._voices[name] = register(None)
        return self._voices[name]
