"""Vendors' models that write, call, stall and break off in every way that was seen.

They are OpenAI's chat completions in all forms of `tests/providers/test_reader.py`, its Responses, and
Anthropic's messages, and refuse the contexts that vendors refuse. A question is `question N`; its answer
repeats the number, and what a model thinks holds `SECRET`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from orion.domain.agent import Agent
from orion.providers import Candidate, anthropic, openai
from orion.settings import ProviderSettings, Settings
from tests.providers.test_reader import BEFORE, BY_CALLS, BY_WORDS, ENDS, encoded, streamed
from tests.simulators import anthropic as claude
from tests.simulators import responses, strictness
from tests.simulators.faults import Fault
from tests.simulators.wire import Asked, Reply, as_json

SECRET = "SECRET"
APIS = ("chat", "responses", "messages")
_PLACES = count()
"""What is learned of a model at an address stays in the process: each conversation has its own."""
_TEA = {"item": "tea"}
_NUMBER = re.compile(r"question (\d+)")
_NAMES = ("order", "stock", "functions.order", "multi_tool_use.parallel", "n" * 70, "made.up", "nope", "")
_PARALLEL = {"tool_uses": [{"recipient_name": "functions.order", "parameters": _TEA}]}
_WRITTEN = (
    '<tool_call>{"name": "order", "arguments": {"item": "tea"}}</tool_call>',
    '{"name": "stock", "parameters": {"item": "tea"}}',
    '[TOOL_CALLS] [{"name": "order", "arguments": {"item": "tea"}}]',
    "<function=stock><parameter=item>tea</parameter></function>",
)
_LATE = "final result for the asynchronous task"
_FAULTS = ("drop", "stall", "half", "malformed", "error", "status")
_STREAM = "text/event-stream"


class FuzzedVendors:
    """A server of all three APIs.

    Attributes:
        refused: What it said of contexts that no vendor takes.
    """

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._opens = dice.random() < 0.25
        self.refused: list[str] = []

    async def answer(self, asked: Asked) -> Reply:
        """Answer a request, well or not."""
        body = asked.json()
        said: Sequence[Any] = body.get("messages") or body.get("input") or ()
        api = "messages" if "/messages" in asked.path else asked.path.rsplit("/", 1)[-1]
        check = {"completions": strictness.chat, "responses": strictness.responses}.get(
            api, strictness.messages
        )
        if refused := check(said):
            self.refused.append(refused)
            return as_json({"error": {"message": refused, "code": None}}, 400)
        words, calls = self._means(said)
        fault = self._fault()
        if fault is not None and fault.kind == "status":
            return as_json({"error": {"message": "m", "type": "api_error", "code": "m"}}, fault.status)
        make = {"completions": self._chat, "responses": self._responses}.get(api, self._messages)
        return replace(make(words, calls), fault=fault, stream=True)

    def _chat(self, words: str, calls: list[Any]) -> Reply:
        dice = self._dice
        forms = [dice.choice(sorted(part)) for part in (BY_WORDS, BY_CALLS, BEFORE, ENDS)]
        if self._opens:  # a server that tells thoughts apart leaves none among the words
            forms = [{"thinking parts": "parts", "reasoning": "role"}.get(form, form) for form in forms]
        values, done = streamed(words, calls, *forms)
        form = dice.choice(("lf", "crlf", "single", "noisy"))
        pieces = [encoded([value], form, done=False) for value in values]
        pieces += [encoded([], form, done=True)] if done else []
        kind = dice.choice((_STREAM, f"{_STREAM}; charset=utf-8", "text/plain"))
        failed = encoded([{"error": {"message": "m", "code": 503}}], "lf", done=False)
        return Reply(pieces, content_type=kind, error=failed, garbage=b'data: {"id": \n\n')

    def _responses(self, words: str, calls: list[Any]) -> Reply:
        ends = self._dice.choice(("completed", "completed", "completed", "incomplete", "failed"))
        events = responses.events(words, calls, ends, refuses=self._dice.random() < 0.1)
        failed = {"type": "error", "code": "m", "message": "m", "param": None, "sequence_number": 9}
        garbage = b'event: response.output_text.delta\ndata: {"type": \n\n'
        return Reply([_named(e) for e in events], content_type=_STREAM, error=_named(failed), garbage=garbage)

    def _messages(self, words: str, calls: list[Any]) -> Reply:
        events = [_named(event) for event in claude.stream(claude.Told(words, calls))]
        failed = _named(claude.failure("overloaded_error"))
        garbage = b'event: content_block_delta\ndata: {"type": \n\n'
        return Reply(events, content_type=_STREAM, error=failed, garbage=garbage)

    def _means(self, said: Sequence[Any]) -> tuple[str, list[Any]]:
        """What the model wants to say and call."""
        dice = self._dice
        number = int(_NUMBER.findall(json.dumps(said))[-1])
        words, calls = f"The answer to {number} is here. It has a second sentence.", []
        last = said[-1]
        over_result = last.get("role") == "tool" or "tool_result" in str(last) or "_output" in str(last)
        kind = dice.random()
        if _LATE in str(last):  # of a call that an interruption outlived: told to say that alone
            return self._thinks("What was asked for is done."), []
        if not over_result and kind < 0.3:
            words = dice.choice(("", "\n\n", f"I look into {number}."))
            names = [dice.choice(_NAMES) for _ in range(dice.randrange(1, 4))]
            calls = [(name, _PARALLEL if "parallel" in name else _TEA) for name in names]
        elif not over_result and kind < 0.4:
            words = dice.choice(_WRITTEN)
        elif kind < 0.45:
            words = ""
        return self._thinks(words), calls

    def _fault(self) -> Fault | None:
        dice = self._dice
        if dice.random() >= 0.2:
            return None
        kind: Any = dice.choice(_FAULTS)
        return Fault(kind, after=dice.randrange(12), status=dice.choice((429, 500, 503)))

    def _thinks(self, words: str) -> str:
        if self._opens:
            return f"{SECRET} is {SECRET}. So.</think>{words}"
        forms = (
            "{}",
            "{}",
            "<think>{s}</think>{}",
            "[THINK]{s}[/THINK]{}",
            "{}<|im_end|>",
            "<thinking>{s} {}",
        )
        return self._dice.choice(forms).format(words, s=f"{SECRET}, a {SECRET}.")


def models(url: str, apis: Sequence[str]) -> list[Candidate[Any]]:
    """The services of `apis`, in that order, which ask the server at `url`."""
    place = f"{url}/{next(_PLACES)}"
    access = {
        "OPENAI": ProviderSettings("k", f"{place}/v1"),
        "ANTHROPIC": ProviderSettings(claude.KEY, place),
    }
    return [_model(api, Settings(data_dir=Path(), providers=access)) for api in apis]


def _model(api: str, settings: Settings) -> Candidate[Any]:
    agent = Agent("test", "")
    if api == "messages":
        return Candidate("anthropic", anthropic.llm(settings, agent))
    return Candidate(api, openai.llm(replace(settings, openai_api=api), agent))


def _named(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
