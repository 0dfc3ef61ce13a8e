"""Server-sent events as servers really send them, or JSON in their place; bytes go in, values come out.

Reference: https://html.spec.whatwg.org/multipage/server-sent-events.html. The content type is not asked:
proxies send events as text or JSON, and servers that cannot stream answer with one JSON object.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from orion.providers._text.faults import FailedAnswer, MalformedAnswer

_DONE = "[DONE]"


class Stream:
    """One body, read piece by piece.

    Attributes:
        done: The server has said `[DONE]`.
        whole: It is one JSON value instead of a stream, and was read to its end.
    """

    def __init__(self) -> None:
        self.done = self.whole = False
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._data = ""
        self._event = ""
        self._json: bool | None = None

    def take(self, piece: bytes) -> Iterator[Any]:
        """The values that this piece completes. Raises FailedAnswer, MalformedAnswer."""
        self._text += self._decoder.decode(piece)
        if self._json is None and (begin := self._text.lstrip()[:1]):
            if begin == "<":
                raise MalformedAnswer("the answer is a page")
            self._json = begin in {"{", "["}
        yield from self._lines()

    def end(self) -> Iterator[Any]:
        """Those that are left when the body has ended. Raises FailedAnswer, MalformedAnswer."""
        self._text += self._decoder.decode(b"", final=True) + "\n"
        yield from self._lines()
        self._flush()

    def _lines(self) -> Iterator[Any]:
        *lines, rest = self._text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if self._text.endswith("\r"):  # its line feed may be under way
            rest = f"{lines.pop()}\r" if lines else "\r"
        self._text = rest
        for line in lines:
            yield from self._json_line(line) if self._json else self._line(line)

    def _json_line(self, line: str) -> Iterator[Any]:
        """One object a line, or one in many lines."""
        self._data += f"{line}\n"
        if line.rstrip().endswith(("}", "]")):
            with suppress(ValueError, RecursionError):
                value = json.loads(self._data)
                self._data, self.whole = "", True
                yield value

    def _line(self, line: str) -> Iterator[Any]:
        if not line:
            self._flush()
            self._event = ""
            return
        name, _, value = line.partition(":")
        if name == "event":
            self._event = value.strip()
        elif name == "data" or line.startswith("{"):
            self._data += ("\n" if self._data else "") + (value.removeprefix(" ") if name == "data" else line)
            yield from self._complete()

    def _complete(self) -> Iterator[Any]:
        """The event's value as soon as it is one: some servers send no empty line between events."""
        data = self._data.strip()
        if data == _DONE:
            self.done, self._data = True, ""
        elif data.endswith(("}", "]")):
            with suppress(ValueError, RecursionError):
                value = json.loads(data)
                self._data = ""
                if self._event == "error":
                    raise FailedAnswer(value if isinstance(value, dict) else {})
                yield value

    def _flush(self) -> None:
        """The event is over: what is left of it is a failure, or nothing that is of use."""
        data, self._data = self._data.strip(), ""
        if not data:
            return
        if self._event == "error":
            raise FailedAnswer({"message": data})
        if self._event in {"", "message"} or self._json:  # else a ping, or one of the proxy's own
            try:
                json.loads(data)  # a number, a text, null
            except (ValueError, RecursionError) as error:
                raise MalformedAnswer("a piece of the answer is no JSON") from error
