"""A JSON object that stays as text: 184,000 entries take 7 MB instead of 43."""

from __future__ import annotations

import json
import re
from typing import Any
from zlib import crc32

import numpy as np

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_VALUE = re.compile(rb"\s*(?:%s|\{[^{}]*\}|[^,{}\"]+)" % _STRING)
_ENTRY = re.compile(rb"[{,]\s*(%s)\s*:%s" % (_STRING, _VALUE.pattern))


class JsonIndex:
    """Finds a key in the text of an object by its hash, and reads its value alone, in some microseconds.

    Values may be objects that hold no further objects. Keys are written without escapes that JSON does not
    require, as `json.dumps(ensure_ascii=False)` writes them.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        keys = _ENTRY.findall(text)
        begins = (entry.start(1) for entry in _ENTRY.finditer(text))
        self._begins = np.fromiter(begins, np.uint32, len(keys))
        self._hashes = np.fromiter(map(crc32, keys), np.uint32, len(keys))
        by_hash = self._hashes.argsort()
        self._begins, self._hashes = self._begins[by_hash], self._hashes[by_hash]

    def get(self, key: str) -> Any:
        """The value of a key; None if there is no such key."""
        wanted = json.dumps(key, ensure_ascii=False).encode()
        hashed = np.uint32(crc32(wanted))
        at = int(self._hashes.searchsorted(hashed))
        while at < len(self._hashes) and self._hashes[at] == hashed:
            begin = int(self._begins[at])
            end = begin + len(wanted)
            if self._text[begin:end] == wanted:
                value = _VALUE.match(self._text, self._text.index(b":", end) + 1)
                assert value is not None
                return json.loads(value[0])
            at += 1
        return None
