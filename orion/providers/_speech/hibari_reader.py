"""Reads English text as phonemes by the rules and the lexicon of hibari, in a third of its memory.

hibari's own classes keep their tables as dictionaries: 98 MB. Here the large ones stay text.
Reference: hibari-tts 0.2.1, `hibari/g2p/__init__.py`.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from orion.providers._speech.hibari_text import sentences
from orion.providers._speech.json_index import JsonIndex

_LEXICON = ("gold", "silver")

Word = tuple[str, int]
"""A word as it is read, and the position of its first phoneme."""


@cache
def package() -> Path | None:
    """The folder of hibari, if the wheel is installed; nothing of it is imported."""
    spec = importlib.util.find_spec("hibari")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / "assets" / "hibari.onnx").is_file():
            return Path(folder)
    return None


class Reader:
    """Turns clauses into phonemes."""

    def __init__(self, package: Path, oov: Callable[[str], str | None]) -> None:
        """Load lexicon and tagger.

        Args:
            package: hibari's folder.
            oov: Spells a word that the lexicon does not have in phonemes.
        """
        _without_its_init("hibari", package)
        g2p = importlib.import_module("hibari.g2p")
        self._normalize: Callable[[str], str] = g2p.normalize
        self._g2p = g2p.G2P.__new__(g2p.G2P)  # its constructor loads the dictionaries
        self._g2p.british, self._g2p.unk, self._g2p._oov = False, "", oov  # noqa: SLF001 - hibari's own state
        assets = package / "assets"
        gold, silver = (JsonIndex(_unpacked(assets / f"lexicon_us_{kind}.json.gz")) for kind in _LEXICON)
        self._g2p.lexicon = g2p.Lexicon(gold, silver)
        self._g2p.tokenizer = g2p.Tokenizer(json.loads((assets / "tokenizer_exceptions.json").read_bytes()))
        self._g2p.tagger = _tagger(g2p.Tagger, _unpacked(assets / "tagger.json.gz"))

    def read(self, clause: str) -> tuple[str, list[Word]]:
        """The phonemes of a clause, and its words in order. Raises whatever hibari raises."""
        phonemes, words = "", []
        for sentence, stop in sentences(clause):
            begins = True
            for token in self._g2p.phonemize_tokens(self._g2p.tokenize(self._normalize(sentence))):
                if begins:
                    words.append((token.text, len(phonemes)))
                else:
                    words[-1] = (words[-1][0] + token.text, words[-1][1])
                begins = bool(token.whitespace)
                phonemes += (token.phonemes or "") + (" " if begins else "")
            phonemes = phonemes.rstrip() + stop + " "
        return phonemes.rstrip(), words


def _tagger(kind: Any, text: bytes) -> Any:
    """The tagger of hibari, its weights as text."""
    small, _, weights = text.partition(b',"weights":')
    table = json.loads(small + b"}")
    return kind(table | {"weights": _Remembering(JsonIndex(weights[:-1]))})


class _Remembering:
    """The entries that were asked for last: most features occur in each sentence."""

    def __init__(self, index: JsonIndex) -> None:
        self.get = lru_cache(maxsize=2000)(index.get)


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _without_its_init(name: str, folder: Path) -> None:
    """Make a package's modules importable without its `__init__`, which would load much more."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
