"""espeak-ng through ctypes, for the speech worker.

Runs in the worker process only: the library is GPL-3.0-or-later and never loaded into ORION's own.
Source: espeak-ng 1.52, `speak_lib.h`.
"""

from __future__ import annotations

import ctypes as c
import re
from collections.abc import Callable

from orion.domain.text import phonemes
from orion.domain.text.lexicon import unmarked
from orion.providers._espeak import library

_AUDIO_SYNCHRONOUS = 2
_BUFFER_MS = 60
_CHARS_UTF8 = 1
_PHONEMES = 0x100
"""What stands between `[[` and `]]` is phonemes."""
_EVENT_END, _EVENT_WORD = 0, 1
_PARAMETER_RATE = 1
_WORDS_PER_MINUTE = 160

Emit = Callable[[bytes, list[tuple[str, float]]], bool]
"""Takes PCM and the words that begin in it; False: nobody listens any more, stop."""


class _Event(c.Structure):
    _fields_ = (
        ("type", c.c_int),
        ("unique_identifier", c.c_uint),
        ("text_position", c.c_int),
        ("length", c.c_int),
        ("audio_position", c.c_int),
        ("sample", c.c_int),
        ("user_data", c.c_void_p),
        ("id", c.c_longlong),
    )


_CALLBACK = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.POINTER(_Event))


class Synthesizer:
    """espeak-ng, initialised once; it holds global state and speaks one text at a time."""

    def __init__(self) -> None:
        """Load and initialise. Raises OSError where the library or its data are missing."""
        path, data = library()
        self._espeak = c.CDLL(path)
        folder = str(data).encode() if data else None
        self.sample_rate_hz = self._espeak.espeak_Initialize(_AUDIO_SYNCHRONOUS, _BUFFER_MS, folder, 0)
        if self.sample_rate_hz <= 0:
            raise OSError("espeak-ng has no data")
        synth = self._espeak.espeak_Synth
        synth.argtypes = [
            *(c.c_char_p, c.c_size_t, c.c_uint, c.c_int),
            *(c.c_uint, c.c_uint, c.c_void_p, c.c_void_p),
        ]
        self._unsaid: list[tuple[int, str]] = []
        self._secs = 0.0
        self._emit: Emit = lambda _pcm, _words: True
        self._callback = _CALLBACK(self._on_audio)  # kept alive: C calls it
        self._espeak.espeak_SetSynthCallback(self._callback)
        self._espeak.espeak_SetParameter(_PARAMETER_RATE, _WORDS_PER_MINUTE, 0)

    def speak(self, text: str, voice: str, language: str, emit: Emit) -> None:
        """Synthesize `text`, emitting PCM chunks and the words that begin in them, start in seconds."""
        names = (voice, language, "en-us")
        if all(self._espeak.espeak_SetVoiceByName(name.encode()) for name in names if name):
            raise ValueError(f"no voice for {language!r}")
        self._emit = emit
        given, text = text, unmarked(text, lambda _word, ipa: f"[[{phonemes.espeak(ipa)}]]")
        flags = _CHARS_UTF8 if text == given else _CHARS_UTF8 | _PHONEMES
        self._unsaid = [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]
        encoded = text.encode()
        self._secs = 0.0
        self._espeak.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, flags, None, None)
        if self._unsaid:  # signs at the end, for which there is no event
            emit(b"", [(word, self._secs) for _, word in self._unsaid])

    def _on_audio(self, samples: object, count: int, events: object) -> int:
        words: list[tuple[str, float]] = []
        index = 0
        while events[index].type != _EVENT_END:  # type: ignore[index]
            event = events[index]  # type: ignore[index]
            if event.type == _EVENT_WORD:
                words += self._words_up_to(event.text_position - 1, event.audio_position / 1000)
            index += 1
        pcm = c.string_at(samples, count * 2) if samples and count else b""  # type: ignore[arg-type]
        if pcm or words:
            return 0 if self._emit(pcm, words) else 1  # 1 stops the synthesis
        return 0

    def _words_up_to(self, position: int, secs: float) -> list[tuple[str, float]]:
        """The written words that begin at or before a character: espeak-ng joins and splits some."""
        number = sum(start <= position for start, _ in self._unsaid)
        said, self._unsaid = self._unsaid[:number], self._unsaid[number:]
        self._secs = max(self._secs, secs)
        return [(word, self._secs) for _, word in said]
