"""What of a model's text is said: not what it thinks, tokens of its template, and calls that it writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from orion.providers._text import marks
from orion.providers._text.bare import begins
from orion.providers._text.calls import Call, Tools, calls_in
from orion.providers._text.code import Code
from orion.providers._text.faults import MalformedAnswer

_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“"}
_ANALYSIS = re.compile(r"analysis(?=[A-Z\"'])")
_FINAL = re.compile(r"assistant(?:final|commentary(?!\s*to=))")
_KEPT = 160
"""More than any mark is long: what may be the beginning of one, where words are dropped."""
_TRAIL = re.compile(r"\s*(?:`{1,3}|</\w*>)?\s*")
_MAYBE_TRAIL = re.compile(r"\s*(?:`{0,2}|</?\w*)\Z")
_CALL_LIKE = re.compile(r"[{(=]|<arg_key>|<parameter")

Mode = Literal["words", "thought", "head", "others", "call"]


class Words:
    """Takes an answer piece by piece, however it is cut, and gives what is said of it; one per answer.

    A mark counts where it stands in the words themselves: in quotes, or in code, the model talks about it.
    A thought that is never closed says nothing. Where a thought may have been opened by the template, so
    that only its end will be seen, all is held back until that is known.

    Args:
        tools: What the model was offered.
        opened: Whether the template opens a thought; None: nobody knows it of this model yet.

    Attributes:
        calls: Those that stand in the text, in order, once it has ended.
        opened: What is known of that now.
        told: The tools were told in the instructions, so that a call is a line of JSON anywhere.
    """

    def __init__(self, tools: Tools, *, opened: bool | None = False) -> None:
        self.calls: list[Call] = []
        self.opened = opened
        self.told = False
        self._tools = tools
        self._held = self._dropped = self._region = self._head = ""
        self._mode: Mode = "words"
        self._closes = marks.CLOSES
        self._code = Code()
        self._said = self._thought = False
        self._trims = True
        self._final = False
        self._decided = self._trails = False
        self._out: list[str] = []
        self._unsure: list[str] | None = None if opened is False else []

    @property
    def unsure(self) -> bool:
        """Whether words are held back because they may be a thought."""
        return bool(self._unsure)

    def take(self, piece: str) -> list[str]:
        """What can be said now."""
        self._held += piece
        self._read()
        return self._given()

    def believe(self) -> list[str]:
        """What is held back counts as words: it has been long enough, or the server parts thoughts itself."""
        held, self._unsure = self._unsure or [], None
        return held

    def rest(self, *, cut: bool = False) -> list[str]:
        """What is left at the end of the answer.

        Args:
            cut: It ended at its longest, so that a thought may have had no end.

        Raises:
            MalformedAnswer: A call broke off.
        """
        self._final = True
        self._read()
        self._end_calls()
        said = self._given()
        if self._unsure is None:
            return said
        held, self._unsure = self._unsure, None
        if cut and self.opened:
            return []
        self.opened = self.opened if cut else False
        return held

    def _given(self) -> list[str]:
        out, self._out = self._out, []
        said = ["".join(out)] if any(out) else []
        if self._unsure is None:
            return said
        self._unsure += said
        return []

    def _read(self) -> None:
        steps: dict[Mode, Callable[[], bool]] = {
            "words": self._words,
            "thought": self._in_thought,
            "head": self._in_head,
            "others": self._in_others,
            "call": self._in_call,
        }
        while self._held and steps[self._mode]():
            pass

    # the words themselves

    def _words(self) -> bool:
        """Read on; whether there is more to read."""
        if self._trails:
            return self._trail()
        if self._may_call():
            return self._bare()
        if not self._said and self._analysis():
            return bool(self._held) and self._mode == "thought"
        mark = marks.BEGINS.search(self._held)
        at = mark.start() if mark else len(self._held)
        if self.told and "\n" in self._held[:at]:
            at = min(at, self._held.index("\n") + 1)
        if at:
            self._say(self._held[:at])
            self._decided = self._decided and not self._held[:at].endswith("\n")
            self._held = self._held[at:]
            return True
        return self._mark()

    def _analysis(self) -> bool:
        """A gpt-oss whose tokens were left out begins with the name of its channel; whether it may."""
        begins_so = "analysis".startswith(self._held.lstrip()[: len("analysis")])
        if _ANALYSIS.match(self._held.lstrip()):
            self._think(_FINAL)
            return True
        short = len(self._held.lstrip()) <= len("analysis")
        return begins_so and short and not self._final

    def _mark(self) -> bool:
        for found, act in (
            (marks.OPENS, self._opens),
            (marks.CLOSES, self._closed),
            (marks.CALLS, self._call_begins),
            (marks.HEADS, self._head_begins),
            (marks.OTHERS, self._others_begin),
            (marks.OWN, self._leave_out),
            (marks.TOKENS, self._leave_out),
            (marks.WRAPS, self._unwrap),
        ):
            if match := found.match(self._held):
                quoted = self._quoted(self._held, match.end(), self._code.last)
                if quoted is None:
                    return False
                sees_end = found is marks.CLOSES and self._unsure is not None
                if quoted or (self._code.open and not sees_end):
                    self._say(match[0])
                    self._held = self._held[match.end() :]
                    return True
                self._held = self._held[match.end() :]
                act(match[0])
                return True
        return self._end_of_sentence()

    def _end_of_sentence(self) -> bool:
        """What only begins like a mark, or `</s>`, which ends a text and else is HTML."""
        low = self._held.lower()
        ends = low.startswith("</s>")
        if ends and not low[4:].strip():
            self._held = "" if self._final else self._held
            return False
        if low.startswith("<s>") and not self._said:
            self._held = self._held[3:]
            return True
        if not ends and marks.may_grow(self._held):
            if not self._final:
                return False
            if len(self._held) > 2:  # half a mark at the end of the text: it is none of the words
                self._held = ""
                return False
        self._say(self._held[0])
        self._held = self._held[1:]
        return True

    def _quoted(self, text: str, end: int, before: str) -> bool | None:
        """Whether a mark stands in quotes; None while the character behind it has not come."""
        closing = _QUOTES.get(before)
        if closing is None:
            return False
        if end == len(text) and not self._final:
            return None
        return text[end : end + 1] == closing

    def _say(self, text: str) -> None:
        self._code.add(text)
        if self._trims:
            text = text.lstrip()
        if text:
            self._trims, self._said = False, True
            self._out.append(text)

    def _leave_out(self, _mark: str = "") -> None:
        self._trims = self._trims or self._code.last.isspace()

    def _unwrap(self, mark: str) -> None:
        if self._thought:
            self._leave_out()
        else:
            self._say(mark)

    # what it thinks

    def _opens(self, _mark: str) -> None:
        self.opened = False if self.opened is None else self.opened
        if self._unsure is not None:
            self._out = [*self._unsure, *self._out]
            self._unsure = None
        self._think(marks.CLOSES)

    def _think(self, closes: re.Pattern[str]) -> None:
        self._leave_out()
        self._mode, self._closes, self._thought, self._dropped = "thought", closes, True, ""

    def _closed(self, _mark: str) -> None:
        """The end of a thought whose beginning nobody saw: all before it was one."""
        closes_nothing = not self._thought
        self._thought = True
        self._leave_out()
        self.opened = True if closes_nothing else self.opened  # too late here, it is known from now on
        if self._unsure is not None:
            self.opened, self._unsure = True, None
            self._out.clear()
            self._said, self._trims = False, True

    def _in_thought(self) -> bool:
        for match in self._closes.finditer(self._held):
            before = self._held[match.start() - 1] if match.start() else self._dropped[-1:]
            quoted = self._quoted(self._held, match.end(), before)
            if quoted is None:
                return False
            if not quoted:
                self._held = self._held[match.end() :]
                self._mode = "words"
                return True
        cut = max(0, len(self._held) - _KEPT)
        self._dropped = self._held[:cut] or self._dropped
        self._held = self._held[cut:]
        return False

    # whose words they are

    def _head_begins(self, mark: str) -> None:
        self._leave_out()
        self._mode, self._head = "head", mark.lower()

    def _in_head(self) -> bool:
        text = self._held.lstrip()
        known = (*marks.ROLES, *marks.CHANNELS)
        if not self._final and any(name.startswith(text.lower()) for name in known):
            return False
        if not text.lower().startswith(known):
            self._mode = "words"
            return True
        end = marks.HEAD_ENDS.search(self._held)
        if end is None:
            self._held = "" if self._final else self._held
            return False
        head = self._head + self._held[: end.end()]
        self._held = self._held[end.end() :]
        self._headed(head, head.lower())
        return True

    def _headed(self, head: str, low: str) -> None:
        if re.search(r"\bto=(?!assistant|user|all)", low):
            self._mode, self._region = "call", self._region + head
        elif "analysis" in low:
            self._think(re.compile(r"(?=<\|(?:start|channel|return|end|im_end)\|>)"))
        elif "<|channel|>" in low or re.search(r"(?:\|>|>)\s*(?:assistant|model)", low):
            self._mode = "words"
        else:
            self._mode = "others"

    def _others_begin(self, _mark: str) -> None:
        self._leave_out()
        self._mode = "others"

    def _in_others(self) -> bool:
        """Another one's words are dropped, up to where the model speaks again."""
        own = marks.OWN.search(self._held)
        head = marks.HEADS.search(self._held)
        found = min(filter(None, (own, head)), key=lambda match: match.start(), default=None)
        if found is None:
            self._held = self._held[-_KEPT:]
            return False
        self._held = self._held[found.end() :]
        if found is own:
            self._mode = "words"
        else:
            self._head_begins(found[0])
        return True

    # what it calls

    def _call_begins(self, mark: str) -> None:
        self._leave_out()
        self._mode, self._region = "call", self._region + mark

    def _in_call(self) -> bool:
        """A call goes on to the end of the answer: what a model writes behind one was made up."""
        self._region += self._held
        self._held = ""
        return False

    def _end_calls(self) -> None:
        if not self._region:
            return
        found = calls_in(self._region, self._tools)
        self.calls += found
        if found:
            return
        if _CALL_LIKE.search(self._region):
            raise MalformedAnswer("a tool call broke off")
        self._say(self._region)

    def _may_call(self) -> bool:
        """Whether a call may stand here that no mark announces: at the beginning, or of a line."""
        if self._code.fenced or self._decided:
            return False
        return not self._said or (self.told and self._code.at_line_start)

    def _bare(self) -> bool:
        found = begins(self._held, self._tools, told=self.told, final=self._final)
        if found.kind == "wait":
            return False
        if found.kind == "marked":
            self._mode = "call"
        elif found.kind == "calls":
            self.calls += found.calls
            self._held = self._held[found.end :]
            self._trails = True
        elif found.broken:
            self._held = ""
            raise MalformedAnswer("a tool call broke off")
        else:
            self._decided = True
        return True

    def _trail(self) -> bool:
        """Leave out what templates put behind a call."""
        if not self._final and _MAYBE_TRAIL.match(self._held):
            return False
        trail = _TRAIL.match(self._held)
        self._held = self._held[trail.end() :] if trail else self._held
        self._trails, self._trims = False, True
        return True
