"""Approval: a tool call that waits for the user's yes, and what counts as one.

Pure, without clocks: seconds of any clock that only grows are passed in. The words that are read out are
made here, of the tool's name and the arguments alone; a model's text never is part of them. A yes counts
for the one call that was read out, with just those arguments, once, and only from an utterance that began
after the question was asked and came in after it had been heard to its end.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from orion.domain.assents import Reply, assent
from orion.domain.storable import storable
from orion.domain.tool import ToolCall, ToolCallStatus

SPOKEN_SECS = 60.0
"""A question that was heard, and not answered for so long, is answered by no."""
WRITTEN_SECS = 600.0
"""So long where it is read; so long after it came up any call is forgotten."""
_MOST_WAITING = 3
_MOST_CHARS = 300
"""Who listens could not keep more in mind; what is longer cannot be approved by word."""
_MOST_HIDDEN_CHARS = 900
"""Of the arguments as JSON: what is not read out, as signs and escapes, must not hide much."""
_MOST_UNCLEAR = 2
_MOST_DOUBTED = 20
_MOST_ASKED = 3
_SHORT_WORDS = 3
_SPOKEN_KINDS = frozenset({"Mn", "Mc", "Nd", "Nl", "No", "Pd", "Sc", "Sm", "So"})
"""Of Unicode, beside letters: what belongs to a letter, numbers, dashes, currencies, signs of mathematics."""
_SPOKEN_SIGNS = frozenset(" .,:;@*/%\u2030#&()'\u2019\\^_?!")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SENTENCE_END = re.compile(r"[?!\u037e\u061f\u06d4\u0964\u0965\u2026\u3002\uff01\uff0e\uff1f\uff61]+(?!\w)")
_ONE_WORD = re.compile(r"[^\W_]+[?!]{1,3}")
_REFERENCE = re.compile(r"\{\{\s*(\d{1,2})(?:\.([A-Za-z0-9_.-]+))?\s*\}\}")
_WORD = re.compile(r"\w+")


class Outcome(StrEnum):
    """What becomes of the question that is open."""

    APPROVED = "approved"
    REJECTED = "rejected"
    ASK = "ask"
    """It has to be asked again: it was not heard to its end, or not answered clearly."""
    DROPPED = "dropped"
    """The user speaks of something else: that is no."""
    NONE = "none"
    """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that waits.

    Attributes:
        call_id: As the model, or the plan, numbers its calls.
        question: What is read out.
        plan_id: The plan that begins with the yes, or whose step waits; None for a single call.
        step: The step that waits; None for a whole plan and for a single call.
        agent: Name of the agent that has asked: its tools and its language count, whoever has the word when
            the answer comes.
        asked: The digest of what is asked about the step, `Step.question`.
    """

    call_id: str
    tool: str
    arguments: dict[str, Any]
    question: str
    plan_id: UUID | None = None
    step: int | None = None
    asked: str = ""
    agent: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        """What the yes is bound to: SHA-256 over the call, hexadecimal."""
        bound = [self.tool, self.arguments, str(self.plan_id), self.step, *filter(None, [self.asked])]
        return hashlib.sha256(json.dumps(bound, sort_keys=True).encode()).hexdigest()


def question(tool: str, arguments: Mapping[str, Any], language: str = "en", *, unclear: bool = False) -> str:
    """The question over a call, as it is read out; empty where it would be too long to be understood.

    An argument is quoted without what could end the sentence or pass for the server's own words.

    Args:
        language: In which it is asked, as an agent names it; in English where it is not known.
        unclear: The same call was made before, and nobody knows whether it has happened.
    """
    if len(json.dumps(arguments)) > _MOST_HIDDEN_CHARS:
        return ""
    words, call = assent(language).words, called(tool, arguments, language)
    told = words["question"].format(call=call)
    if unclear:
        told = f"{words['unknown'].format(call=call)} {told}"
    return told if len(told) <= _MOST_CHARS else ""


def called(tool: str, arguments: Mapping[str, Any], language: str = "en", *, planned: bool = False) -> str:
    """A call in words, as they are read out.

    Args:
        planned: It is thought of: a reference to an earlier result is told as such. In the arguments of a
            call that is about to be made, the same letters are no reference.
    """
    words = assent(language).words if planned else {}
    named = [
        f'{_plain(name.replace("_", " "), words)} "{_plain(value, words)}"'
        for name, value in arguments.items()
    ]
    joint = f" {assent(language).words['with']} " if named else ""
    return f"{tool.replace('_', ' ')}{joint}{', '.join(named)}"


def _plain(value: Any, words: Mapping[str, str]) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if words:
        text = _REFERENCE.sub(lambda found: words["result"].format(step=int(found[1]) + 1), text)
    heard = "".join(char if _is_spoken(char) else " " for char in storable(text))
    if not _ONE_WORD.fullmatch(text):
        heard = _SENTENCE_END.sub(" ", _TAG.sub(" ", heard))
    # A point or colon that ends something is no part of a number, an address or a time.
    return " ".join(re.sub(r"[.:;,]+(?=\s|$)", "", heard).split())


def _is_spoken(char: str) -> bool:
    """Whether a character can change what is meant; quotes, brackets and what is invisible never do."""
    return char.isalnum() or char in _SPOKEN_SIGNS or unicodedata.category(char) in _SPOKEN_KINDS


class Approvals:
    """The calls of one session that wait, first come, first asked.

    Attributes:
        withdrawn: A question that is being read out was answered elsewhere: what is left of it is not said.
        closed: The last question was not answered by yes, and the user has said nothing since.
    """

    def __init__(self) -> None:
        self.withdrawn = self.closed = False
        self._begun: Wanted | None = None
        self._waiting: deque[Wanted] = deque()
        self._asked_at: float | None = None
        self._heard_at: float | None = None
        self._until: dict[str, float] = {}
        self._again: set[str] = set()
        self._unclear = 0
        self._times: dict[str, int] = {}
        self._doubted: deque[str] = deque(maxlen=_MOST_DOUBTED)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def heard(self) -> bool:
        """Whether the question that is open was heard to its end, and nothing after it."""
        return self._heard_at is not None

    @property
    def first(self) -> Wanted | None:
        """The call whose turn it is to be asked for."""
        return self._waiting[0] if self._waiting else None

    def takes(self, wanted: Wanted) -> bool:
        """Whether a call may wait: not if it cannot be read out, and not if too many do, or it does."""
        if not wanted.question or len(self._waiting) >= _MOST_WAITING:
            return False
        others = self._waiting
        return all(wanted.digest != one.digest and wanted.call_id != one.call_id for one in others)

    def add(self, wanted: Wanted, now: float, secs: float = WRITTEN_SECS, *, again: bool = False) -> bool:
        """Let a call wait, if it may; whether it does.

        Args:
            secs: For so long at most.
            again: It waits since an earlier call: the user has to hear of it before other words are a no.
        """
        if not self.takes(wanted):
            return False
        self._waiting.append(wanted)
        self._until[wanted.call_id] = now + secs
        if again:
            self._again.add(wanted.call_id)
        return True

    def take(self, call_id: str) -> None:
        """Take a call out that was answered elsewhere."""
        if self.first is not None and self.first.call_id == call_id:
            self.withdrawn = self.withdrawn or (self._asked_at is not None and self._heard_at is None)
            self.settle()
        else:
            self._waiting = deque(one for one in self._waiting if one.call_id != call_id)

    def keep(self, call_ids: Collection[str]) -> None:
        """Take out the single calls that wait no more."""
        for wanted in list(self._waiting):
            if wanted.plan_id is None and wanted.call_id not in call_ids:
                self.take(wanted.call_id)

    def follow(self, plan_id: UUID, asks: Mapping[int, str | None], *, draft: bool) -> None:
        """Take out what is not asked about a plan any more: it was answered elsewhere, or the plan is over.

        Args:
            asks: The steps that still ask, and the digests of what.
            draft: Whether the plan has not begun yet.
        """
        for wanted in list(self._waiting):
            asked = draft if wanted.step is None else asks.get(wanted.step) == wanted.asked
            if wanted.plan_id == plan_id and not asked:
                self.take(wanted.call_id)

    def ended(self, call: ToolCall) -> None:
        """A call has ended: nobody may know whether it has happened, or it has, which settles such a doubt.

        One that failed says nothing of an earlier one.
        """
        if call.unclear:
            self.doubt(call.tool, call.arguments)
        elif call.status is ToolCallStatus.DONE:
            self.settled(call.tool, call.arguments)

    def doubt(self, tool: str, arguments: Mapping[str, Any]) -> None:
        """Nobody knows whether such a call has happened."""
        self.settled(tool, arguments)
        self._doubted.append(_key(tool, arguments))

    def settled(self, tool: str, arguments: Mapping[str, Any]) -> None:
        """Such a call has happened."""
        if (told := _key(tool, arguments)) in self._doubted:
            self._doubted.remove(told)

    def may_have_happened(self, tool: str, arguments: Mapping[str, Any]) -> bool:
        """Whether such a call has ended in this session, and nobody knows whether it has happened."""
        return _key(tool, arguments) in self._doubted

    def waits(self, call_id: str) -> bool:
        """Whether the call of that id is among them."""
        return any(wanted.call_id == call_id for wanted in self._waiting)

    @property
    def owed(self) -> bool:
        """Whether a question has still to be heard."""
        return bool(self._waiting) and self._heard_at is None

    def to_ask(self) -> Wanted | None:
        """The call that has to be asked for now; None where its question is under way or was heard."""
        return self.first if self._asked_at is None else None

    def asked(self, now: float) -> None:
        """The first call's question is on its way to the user."""
        self._asked_at, self._heard_at = now, None
        self._begun = self.first

    def cut(self) -> None:
        """What was being said is not said any more: a question that was not heard yet never will be."""
        self.withdrawn = False
        if self._heard_at is None:
            self._asked_at = None

    def said(self, text: str, now: float) -> None:
        """Take note of what was heard of the agent: the question counts only where nothing follows it."""
        self.withdrawn = False
        if self.first is None:
            return
        if _ends_with(text, self.first.question):
            self._heard_at = now
            self._again.discard(self.first.call_id)
        elif self._heard_at is not None:
            self._asked_at = self._heard_at = self._begun = None
        elif not _breaks_off(text, self.first.question):
            self._begun = None

    def unheard(self) -> list[Wanted]:
        """The calls whose question was not heard, but for steps and what waits since an earlier call."""
        if self._heard_at is not None:
            return []
        return [one for one in self._waiting if one.step is None and one.call_id not in self._again]

    def answer(self, reply: Reply, words: int, began: float, *, written: bool = False) -> Outcome:
        """What a whole utterance does to the open question.

        Args:
            words: How many words it has.
            began: When it began.
            written: It was typed, by somebody who reads the question: it need not be heard to its end.
        """
        if self.first is None:
            return Outcome.NONE
        heard = self._asked_at is not None and self._heard_at is not None and began >= self._asked_at
        if reply is Reply.NO:
            return Outcome.REJECTED
        if reply is Reply.YES and (heard or (written and self._begun is self.first)):
            return Outcome.APPROVED
        if reply is not Reply.ASKS:
            if words > _SHORT_WORDS or self._unclear >= _MOST_UNCLEAR:
                return Outcome.DROPPED
            self._unclear += 1
        self._asked_at = self._heard_at = None
        return Outcome.ASK

    def expired(self, now: float, patience_secs: float) -> bool:
        """Whether the time to answer is over."""
        if self.first is None:
            return False
        late = self._heard_at is not None and now - self._heard_at >= patience_secs
        return late or now > self._until[self.first.call_id]

    def settle(self) -> Wanted:
        """Take the first call out: it was answered, and never is again."""
        self._asked_at = self._heard_at = self._begun = None
        self._unclear = 0
        return self._waiting.popleft()

    def clear(self) -> list[Wanted]:
        """Take all calls out, but those that wait on and are asked for again, a few times.

        These are steps of plans, and what the user has not heard of since an earlier call.
        """
        kept = [one for one in self._waiting if self._waits_on(one)]
        found = [one for one in self._waiting if one not in kept]
        self._waiting = deque(kept)
        self._asked_at = self._heard_at = self._begun = None
        self._unclear = 0
        return found

    def _waits_on(self, wanted: Wanted) -> bool:
        if wanted.call_id in self._again:
            self._again.discard(wanted.call_id)
            return True
        return wanted.step is not None and self._asked_of(wanted) < _MOST_ASKED

    def _asked_of(self, wanted: Wanted) -> int:
        self._times[wanted.digest] = self._times.get(wanted.digest, 0) + 1
        return self._times[wanted.digest]


def _key(tool: str, arguments: Mapping[str, Any]) -> str:
    """What is the same for calls that do the same, in whatever order their arguments come."""
    return called(tool, json.loads(json.dumps(arguments, sort_keys=True)))


def _ends_with(text: str, ending: str) -> bool:
    said, wanted = _WORD.findall(text.lower()), _WORD.findall(ending.lower())
    return bool(wanted) and said[-len(wanted) :] == wanted


def _breaks_off(text: str, question: str) -> bool:
    """Whether a text ends in the middle of the question, or before its first word."""
    said, wanted = _WORD.findall(text.lower()), _WORD.findall(question.lower())
    return not said or any(said[-count:] == wanted[:count] for count in range(1, len(wanted)))
