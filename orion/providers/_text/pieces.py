"""Tool calls that come in pieces: which piece belongs to which call."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from orion.providers._text.arguments import is_whole, joined


@dataclass(slots=True)
class Held:
    """One call as far as it has come; `index` and `id` are the server's."""

    index: object = None
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    again: bool = False
    """Its name has come once more behind its end: what follows is another call."""

    @property
    def is_whole(self) -> bool:
        """Whether its arguments have ended."""
        return is_whole(joined(self.pieces))


class Pieces:
    """The calls of one answer.

    An id says which call a piece belongs to, then an index, then the last call. Servers number all calls 0,
    give an id anew, leave both out, or repeat the name in each piece: a piece begins another call where it
    has a name, and the call that it would belong to has one already and is whole, or is of another tool.
    """

    def __init__(self, names: Collection[str] = ()) -> None:
        self.calls: list[Held] = []
        self._names = names

    def add(self, pieces: Iterable[dict[str, Any]], *, whole: bool = False) -> None:
        """More pieces; `whole`: each is a call, which may be known already."""
        known = list(self.calls)
        for piece in pieces:
            function = piece.get("function")
            told = function if isinstance(function, dict) else piece
            name = told.get("name") if isinstance(told.get("name"), str) else ""
            index, call_id = piece.get("index"), piece.get("id")
            given = _arguments(told.get("arguments"))
            if whole and any(_same(call, name or "", given, call_id) for call in known):
                continue
            call_id = call_id if isinstance(call_id, str) else ""
            call = Held(index, call_id) if whole else self._of(index, call_id, name or "", given)
            if call.again and given and call.is_whole:
                call = Held(index, call_id, call.name)
            call.again = bool(name) and not given and call.is_whole
            if not any(call is one for one in self.calls):
                self.calls.append(call)
            call.id = call.id or call_id
            self._name(call, name or "")
            call.pieces += [given] if given else []

    def _of(self, index: object, call_id: str, name: str, given: str) -> Held:
        """The call that a piece belongs to; a new one where it begins one."""
        by_id = [call for call in self.calls if call_id and call.id == call_id]
        if by_id:
            return by_id[-1] if not self._begins(by_id[-1], name, given) else Held(index, call_id)
        at_index = [call for call in self.calls if index is not None and call.index == index]
        if not self.calls:
            return Held(index, call_id)
        call = (at_index or self.calls)[-1]
        if not at_index and index is not None and call.index is not None and (name or call_id):
            return Held(index, call_id)  # a number of its own
        if call_id and call.id and name:
            return call if call.pieces and not call.is_whole and call.name == name else Held(index, call_id)
        return Held(index, call_id) if self._begins(call, name, given) else call

    def _begins(self, call: Held, name: str, given: str) -> bool:
        """Whether a piece with that name begins another call than this one, to which it would belong."""
        if not name or not call.name:
            return False
        if name == call.name:
            begins = given.lstrip()[:1] in {"{", '"', "`"} and given != joined(call.pieces)
            return call.is_whole and begins
        return bool(call.pieces) or not self._goes_on(call.name, name)

    def _goes_on(self, begun: str, name: str) -> bool:
        """Whether both are one name, in pieces."""
        whole = name if name.startswith(begun) else begun + name
        return begun not in self._names and any(one.startswith(whole) for one in self._names)

    def _name(self, call: Held, name: str) -> None:
        """A name may come whole, in pieces, whole in each piece, or longer in each."""
        if not name or name == call.name:
            return
        call.name = name if name.startswith(call.name) else call.name + name


def _arguments(told: object) -> str:
    if told is None or told == "":
        return ""
    return told if isinstance(told, str) else json.dumps(told)


def _same(call: Held, name: str, given: str, call_id: object) -> bool:
    """Whether a whole call is one that has come in pieces before."""
    return (bool(call.id) and call.id == call_id) or (call.name == name and joined(call.pieces) == given)
