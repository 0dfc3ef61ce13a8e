"""flite through ctypes, for the speech worker: speech as it is made, with the times of its words.

Runs in the worker process only. Source: flite 2.2, `include/flite.h`, `cst_audio.h`; relations and feature
paths as in the Festival Speech Synthesis System's utterance structure.
"""

from __future__ import annotations

import ctypes as c
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from orion.domain.text.latin import latin
from orion.domain.text.lexicon import unmarked
from orion.domain.text.phonemes import spelled
from orion.domain.text.words import pieces

_LIBRARIES = ("libflite.so.1", "libflite_cmulex.so.1", "libflite_usenglish.so.1")
_START = b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end"
"""Path from a token to the end of the segment before its first one, in seconds."""
VOICES = ("slt", "rms", "awb", "kal16")

_CHUNK_SAMPLES = 1600
_GO_ON, _STOP = 0, -1
_PIECE_CHARS = 300
"""flite works out a whole text before the first sound, so long ones are spoken in pieces."""

Emit = Callable[[bytes, list[tuple[str, float]]], bool]
"""Takes PCM and the words that begin in it or later; False: nobody listens any more, stop."""


class _Wave(c.Structure):
    _fields_ = (
        ("type", c.c_char_p),
        ("sample_rate", c.c_int),
        ("num_samples", c.c_int),
        ("num_channels", c.c_int),
        ("samples", c.POINTER(c.c_short)),
    )


class _Streaming(c.Structure):
    """`cst_audio_streaming_info`."""


_CALLBACK = c.CFUNCTYPE(c.c_int, c.POINTER(_Wave), c.c_int, c.c_int, c.c_int, c.POINTER(_Streaming))
_Streaming._fields_ = (
    ("min_buffsize", c.c_int),
    ("asc", _CALLBACK),
    ("utt", c.c_void_p),
    ("item", c.c_void_p),
    ("userdata", c.c_void_p),
)


class _Voice(c.Structure):
    """The beginning of `cst_voice`."""

    _fields_ = (("name", c.c_char_p), ("features", c.c_void_p))


class Synthesizer:
    """flite with the voices that the system has; it speaks one text at a time."""

    sample_rate_hz = 16000

    def __init__(self) -> None:
        """Load the libraries. Raises OSError where they are missing."""
        loaded = [c.CDLL(name, c.RTLD_GLOBAL) for name in _LIBRARIES]
        self._flite = loaded[0]
        self._voices: dict[str, int] = {}
        self._declare()
        self._flite.flite_init()
        self._callback = _CALLBACK(self._on_audio)  # kept alive: C calls it
        self._written: list[tuple[str, int]] = []
        """Words, and where each ends in the text that flite is given."""
        self._emit: Emit = lambda _pcm, _words: True
        self._before_secs = 0.0
        self._emitted_samples = 0
        self._stopped = False

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
            ("new_audio_streaming_info", c.POINTER(_Streaming), []),
            ("audio_streaming_info_val", pointer, [c.POINTER(_Streaming)]),
            ("feat_set", None, [pointer, text, pointer]),
        ):
            function = getattr(self._flite, name)
            function.restype, function.argtypes = result, arguments

    def speak(self, text: str, voice: str, _language: str, emit: Emit) -> None:
        """Synthesize `text`: PCM at 16 kHz in chunks of 0.1 s, before the first one all words of a piece.

        Words carry their start in seconds. A voice that cannot stream is emitted at once.
        """
        self._emit, self._stopped, self._before_secs = emit, False, 0.0
        for words, plain in _portions(text):
            if not self._stopped:
                ends = accumulate(len(word) + 1 if word else 0 for word in plain)
                self._written = list(zip(words, ends, strict=False))
                self._speak_piece(" ".join(filter(None, plain)), self._voice(voice))
                self._before_secs += self._emitted_samples / self.sample_rate_hz

    def _speak_piece(self, plain: str, voice: int) -> None:
        self._emitted_samples = 0
        utterance = self._flite.flite_synth_text(plain.encode(), voice)
        if not utterance:
            raise ValueError("flite made nothing of it")
        try:
            wave = self._flite.utt_wave(utterance)
            if wave and not self._stopped:
                self._emit_up_to(wave.contents, wave.contents.num_samples, utterance)
        finally:
            self._flite.delete_utterance(utterance)

    def _on_audio(self, wave: Any, start: int, size: int, _last: int, streaming: Any) -> int:
        return self._emit_up_to(wave.contents, start + size, streaming.contents.utt)

    def _emit_up_to(self, wave: _Wave, end: int, utterance: int | None) -> int:
        words = self._words(utterance) if utterance and not self._emitted_samples else []
        samples = c.cast(wave.samples, c.c_void_p).value or 0
        pcm = c.string_at(samples + self._emitted_samples * 2, max(0, end - self._emitted_samples) * 2)
        self._emitted_samples = max(end, self._emitted_samples)
        if (pcm or words) and not self._emit(pcm, words):
            self._stopped = True
        return _STOP if self._stopped else _GO_ON

    def _words(self, utterance: int) -> list[tuple[str, float]]:
        """The words as written, in order, each from its first token on.

        A token without a segment (a dash, a bracket) has no time: it comes with what is before it.
        """
        flite, tokens = self._flite, []
        token = flite.relation_head(flite.utt_relation(utterance, b"Token"))
        while token:
            # A token's position is the one behind it; several words may be one token, as "( a" is.
            tokens.append((flite.ffeature_float(token, b"file_pos"), flite.ffeature_float(token, _START)))
            token = flite.item_next(token)
        found, begun, at, secs = [], 0, 0, self._before_secs
        for word, end in self._written:
            while end > begun and at < len(tokens) - 1 and tokens[at][0] <= begun:
                at += 1
            if end > begun and at < len(tokens):
                secs = max(secs, self._before_secs + tokens[at][1])
            found.append((word, round(secs, 3)))
            begun = end
        return found

    def _voice(self, name: str) -> int:
        name = name if name in VOICES else VOICES[0]
        if name not in self._voices:
            register = getattr(
                c.CDLL(f"libflite_cmu_us_{name}.so.1", c.RTLD_GLOBAL), f"register_cmu_us_{name}"
            )
            register.restype, register.argtypes = c.c_void_p, [c.c_char_p]
            self._voices[name] = self._streaming(register(None))
        return self._voices[name]

    def _streaming(self, voice: int) -> int:
        info = self._flite.new_audio_streaming_info()
        info.contents.min_buffsize = _CHUNK_SAMPLES
        info.contents.asc = self._callback
        features = c.cast(voice, c.POINTER(_Voice)).contents.features
        self._flite.feat_set(features, b"streaming_info", self._flite.audio_streaming_info_val(info))
        return voice


def _portions(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words as written and in ASCII, a piece at a time; a very long one comes with its first piece."""
    for words in pieces(text.split(), _PIECE_CHARS):
        plain = [latin(unmarked(word, lambda _word, ipa: spelled(ipa))) for word in words]
        yield words, [word[:_PIECE_CHARS] for word in plain] if len(plain) == 1 else plain
        if len(plain) == 1:
            for at in range(_PIECE_CHARS, len(plain[0]), _PIECE_CHARS):
                yield [], [plain[0][at : at + _PIECE_CHARS]]
