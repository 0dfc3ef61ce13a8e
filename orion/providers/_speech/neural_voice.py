"""Piper and Kokoro on sherpa-onnx, for the speech worker; espeak-ng makes their phonemes.

Runs in the worker process only: espeak-ng is GPL-3.0-or-later and never loaded into ORION's own. The
runtime is Apache-2.0 and has had no phonemes of its own since 2.0.
Sources: espeak-ng 1.52, `speak_lib.h`; Piper's and Kokoro's own use of espeak-ng for what models expect.
"""

from __future__ import annotations

import ctypes as c
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import sherpa_onnx

from orion.domain.text.clauses import ClauseWords, clauses
from orion.domain.text.lexicon import MARKED, unmarked

_CHARS_UTF8 = 1
_IPA = 2
_NO_SOUND = 2
_FIRST_CHARS, _NEXT_CHARS, _LONGEST_CHARS = 20, 60, 160
"""A text is synthesized by clauses: the first is heard soon, later ones are long enough to sound whole."""
_PUNCTUATION = re.compile(r"([.,;:!?])[\"'”’»)\]]*(?:\s+\S?)?\Z")
"""What ends the clause that espeak-ng has read, which is one character further."""

_MARKS = tuple(".,;:!?")

_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Hr|Fr|Sr|Sra)\.\s+\S?\Z")
"""Behind these espeak-ng ends a clause, too, but nobody pauses."""

_KOKOROS = {"a": "en-us", "b": "en", "e": "es", "f": "fr", "h": "hi", "i": "it", "p": "pt-br"}
"""espeak-ng's language for a voice of Kokoro, by the first letter of its name."""
_KOKORO_FIRST = {"en": "af_heart", "es": "ef_dora", "fr": "ff_siwis", "hi": "hf_alpha", "it": "if_sara"}
_KOKORO_PHONEMES = (
    *(("eɪ", "A"), ("aɪ", "I"), ("ɔɪ", "Y"), ("oʊ", "O"), ("əʊ", "Q"), ("aʊ", "W")),
    *(("dʒ", "ʤ"), ("tʃ", "ʧ"), ("ɚ", "əɹ"), ("ɜː", "ɜɹ"), ("ɐ", "ə"), ("r", "ɹ"), ("e", "A")),
    *(("ɪə", "iə"), ("ː", ""), ("\u0303", ""), ("\u0329", "ᵊ"), ("ʲ", "")),
)
"""What Kokoro was taught for English instead of espeak-ng's: diphthongs and affricates are one sign."""

Emit = Callable[[bytes, list[tuple[str, float]]], bool]
"""Takes PCM and the words that begin in it; False: nobody listens any more, stop."""


class Synthesizer:
    """One model; it speaks one text at a time."""

    def __init__(self, options: str) -> None:
        """Load the model and espeak-ng.

        Args:
            options: JSON: `family` (`piper` or `kokoro`), `files`, `speaks` (espeak-ng's languages by
                the model's), `voices`, `threads`, and `espeak`: library, folder above its data or null.

        Raises:
            OSError: espeak-ng is missing, or has no data.
        """
        given = json.loads(options)
        self._kokoro = given["family"] == "kokoro"
        self._speaks: dict[str, str] = given["speaks"]
        self._voices: list[str] = given["voices"]
        self._phonemes = _Phonemes(*given["espeak"])
        self._model = sherpa_onnx.OfflineTts(_config(given["files"], given["threads"], kokoro=self._kokoro))
        self.sample_rate_hz: int = self._model.sample_rate

    def speak(self, text: str, voice: str, language: str, emit: Emit) -> None:
        """Synthesize `text` clause by clause; words carry their start in seconds, spread by their length."""
        spoken = self._spoken(language.replace("_", "-").partition("-")[0].lower())
        speaker = self._speaker(voice, spoken)
        begun_secs, words = 0.0, ClauseWords(text)
        for clause in clauses(text, _FIRST_CHARS, _NEXT_CHARS, _LONGEST_CHARS):
            samples = self._samples(self._read(clause, speaker, spoken), speaker)
            secs = len(samples) / self.sample_rate_hz
            if not self._emit(samples, words.spread(clause, begun_secs, secs), emit):
                return
            begun_secs += secs

    def _emit(self, samples: Any, words: list[tuple[str, float]], emit: Emit) -> bool:
        """Words first, then the sound in tenths of a second; False as soon as nobody listens."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        step = self.sample_rate_hz // 10 * 2
        goes_on = emit(pcm[:step], words)
        return goes_on and all(emit(pcm[at : at + step], []) for at in range(step, len(pcm), step))

    def _spoken(self, language: str) -> str:
        return language if language in self._speaks else next(iter(self._speaks))

    def _speaker(self, voice: str, language: str) -> int:
        wanted = (voice, _KOKORO_FIRST.get(language, ""), next(iter(self._voices), ""))
        if self._kokoro and language not in _KOKORO_FIRST:
            prefix = next(
                (letter for letter, name in _KOKOROS.items() if name == self._speaks[language]), "a"
            )
            wanted = (voice, next((name for name in self._voices if name.startswith(prefix)), ""), wanted[2])
        return next((self._voices.index(name) for name in wanted if name in self._voices), 0)

    def _read(self, clause: str, speaker: int, language: str) -> str:
        """The phonemes of a clause as the model knows them."""
        accent = self._speaks[language]
        if self._kokoro and self._voices:
            accent = _KOKOROS.get(self._voices[speaker][0], accent)
        phonemes = self._phonemes.of(clause, accent)
        if self._kokoro and accent.startswith("en"):
            for theirs, ours in _KOKORO_PHONEMES:
                phonemes = phonemes.replace(theirs, ours)
        return phonemes if self._kokoro else unicodedata.normalize("NFD", phonemes)

    def _samples(self, phonemes: str, speaker: int) -> Any:
        if not any(unicodedata.category(sign).startswith("L") for sign in phonemes):
            return np.zeros(0, np.float32)
        wanted = sherpa_onnx.GenerationConfig()
        wanted.sid = speaker
        wanted.phoneme_codepoints = [[ord(sign) for sign in phonemes]]
        return np.asarray(self._model.generate("", wanted).samples, np.float32)


def _config(files: dict[str, str], threads: int, *, kokoro: bool) -> Any:
    model = sherpa_onnx.OfflineTtsModelConfig()
    model.num_threads = threads
    if kokoro:
        model.kokoro = sherpa_onnx.OfflineTtsKokoroModelConfig(
            model=files["model"], voices=files["voices"], tokens=files["tokens"]
        )
    else:
        model.vits = sherpa_onnx.OfflineTtsVitsModelConfig(model=files["model"], tokens=files["tokens"])
    return sherpa_onnx.OfflineTtsConfig(model=model)


class _Phonemes:
    """espeak-ng's reading of a text."""

    def __init__(self, library: str, data: str | None) -> None:
        self._espeak = c.CDLL(library)
        if self._espeak.espeak_Initialize(_NO_SOUND, 0, data.encode() if data else None, 0) <= 0:
            raise OSError("espeak-ng has no data")
        self._read = self._espeak.espeak_TextToPhonemes
        self._read.argtypes = [c.POINTER(c.c_void_p), c.c_int, c.c_int]
        self._read.restype = c.c_char_p
        self._language = ""

    def of(self, text: str, language: str) -> str:
        """The phonemes in IPA, with the punctuation that ends each clause. Raises ValueError.

        A word that comes with its phonemes keeps them.
        """
        found, at = [], 0
        for mark in MARKED.finditer(text):
            found += [self._of(text[at : mark.start()], language), unmarked(mark[0], lambda _word, ipa: ipa)]
            at = mark.end()
            if text[at : at + 1] in _MARKS:
                found[-1] += text[at : at + 1]
        return " ".join(filter(None, [*found, self._of(text[at:], language)]))

    def _of(self, text: str, language: str) -> str:
        if not any(sign.isalnum() for sign in text):
            return ""
        if language != self._language:
            if self._espeak.espeak_SetVoiceByName(language.encode()):
                raise ValueError(f"espeak-ng has no voice for {language!r}")
            self._language = language
        content = text.replace("\0", " ").encode()
        buffer = c.create_string_buffer(content)
        begin = c.addressof(buffer)
        at, found = c.c_void_p(begin), []
        while (before := at.value) is not None:
            signs = self._read(c.byref(at), _CHARS_UTF8, _IPA)
            up_to = (at.value or begin + len(content)) - begin
            end = _PUNCTUATION.search(content[before - begin : up_to].decode(errors="ignore"))
            pause = end[1] if end and not _TITLE.search(content[:up_to].decode(errors="ignore")) else ""
            found.append((signs or b"").decode() + pause)
        return " ".join(found).strip()
