"""Chat completions as servers of OpenAI's protocol really send them: values go in, words and calls come out.

Seen in the wild: chunks without choices, deltas or finish reasons (Azure), content as a list (Mistral),
messages in the place of deltas, all of the text anew in each chunk (DashScope), usage everywhere, calls in
pieces without an index or an id, arguments as an object, the calls of before 2023.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from orion.providers._text.arguments import arguments, joined
from orion.providers._text.faults import FailedAnswer
from orion.providers._text.growing import Growing
from orion.providers._text.pieces import Pieces

_CUT = {"length", "max_tokens", "model_length", "max_output_tokens"}
_UNTOLD = {"", "null", "none"}
"""What some servers send in each chunk in the place of no reason."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")


class Reader:
    """One answer. Pure; what is not of the protocol is left out, and nothing is taken twice.

    Args:
        names: The tools that were offered: by them a name in pieces is told from two.

    Attributes:
        began: Something of an answer has come.
        said: Its words so far.
        finished: The server has said why the answer ends.
        cut: It ends because it had become too long.
        parts_thoughts: The server tells thoughts apart from words.
        usage: The tokens, as they were told last.
        model: The name under which the model answers.
    """

    def __init__(self, names: Collection[str] = ()) -> None:
        self.finished = self.cut = self.parts_thoughts = False
        self.began = False
        self.said = ""
        self.usage: dict[str, Any] | None = None
        self.model = ""
        self._words = Growing()
        self._calls = Pieces(names)
        self._untold = 0
        self._chunks = 0
        self._last_untold = False

    def take(self, value: Any) -> str:
        """The words that a chunk, or a whole answer, adds. Raises FailedAnswer: it is an error instead."""
        if isinstance(value, list):
            return "".join(self.take(one) for one in value if isinstance(one, dict))
        if not isinstance(value, dict):
            return ""
        _refuse_error(value)
        self.model = value["model"] if isinstance(value.get("model"), str) else self.model
        self.usage = value["usage"] if isinstance(value.get("usage"), dict) else self.usage
        choice = _choice(value)
        if choice is None:
            self.began = self.began or value.get("object") == "chat.completion.chunk"
            return ""
        self.began = True
        words = "".join(self._delta(part) for part in (choice.get("delta"),) if isinstance(part, dict))
        if isinstance(choice.get("message"), dict):
            words += self._message(choice["message"])
        if isinstance(choice.get("text"), str) and not words:
            words = self._words.add(choice["text"])
        self._ends(choice.get("finish_reason"))
        self.said += words
        return words

    def over(self, *, done: bool, whole: bool) -> str:
        """The body has ended; the words that were held back.

        Args:
            done: The server has said so.
            whole: It was one JSON value, which cannot be half.
        """
        odd_end = self._last_untold and self._untold < self._chunks
        self.finished = self.finished or done or whole or odd_end
        words = self._words.rest()
        self.said += words
        return words

    @property
    def has_calls(self) -> bool:
        """Whether a call has begun."""
        return bool(self._calls.calls)

    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """The calls of the answer. Raises MalformedAnswer: the arguments of one are no object."""
        return [(call.name, arguments(joined(call.pieces))) for call in self._calls.calls]

    def _delta(self, delta: dict[str, Any]) -> str:
        words = "".join(_texts(delta.get("content"))) or _text(delta.get("refusal"))
        audio = delta.get("audio")
        if not words and isinstance(audio, dict):
            words = _text(audio.get("transcript"))
        self._besides(delta)
        return self._words.add(words)

    def _message(self, message: dict[str, Any]) -> str:
        """A message in the place of a delta: all of the answer, or only what is new."""
        words = "".join(_texts(message.get("content"))) or _text(message.get("refusal"))
        self._besides(message, whole=True)
        return self._words.whole(words)

    def _besides(self, part: dict[str, Any], *, whole: bool = False) -> None:
        self.parts_thoughts = self.parts_thoughts or any(part.get(name) for name in _THOUGHTS)
        self.parts_thoughts = self.parts_thoughts or _thinks(part.get("content"))
        told = part.get("tool_calls")
        calls = [told] if isinstance(told, dict) else told if isinstance(told, list) else []
        calls = [*calls, *_uses(part.get("content"))]
        if isinstance(part.get("function_call"), dict) and not calls:
            calls = [{"index": "function_call", "function": part["function_call"]}]
        self._calls.add([call for call in calls if isinstance(call, dict)], whole=whole)

    def _ends(self, reason: object) -> None:
        untold = isinstance(reason, str) and reason.lower() in _UNTOLD
        self._chunks += 1
        self._untold += untold
        self._last_untold = untold
        if reason is None or untold:
            return
        if reason == "error":
            raise FailedAnswer({"code": "server_error"})
        self.finished = True
        self.cut = self.cut or (isinstance(reason, str) and reason.lower() in _CUT)


def _refuse_error(value: dict[str, Any]) -> None:
    error = value.get("error")
    if error:
        raise FailedAnswer(error if isinstance(error, dict) else {"message": str(error)})
    if value.get("object") == "error" or ("detail" in value and "choices" not in value):
        raise FailedAnswer(value)


def _choice(value: dict[str, Any]) -> dict[str, Any] | None:
    choices = value.get("choices")
    found = choices[0] if isinstance(choices, list) and choices else choices
    if isinstance(found, dict):
        return found
    if isinstance(value.get("message"), dict):  # Ollama's own protocol
        reason = (value.get("done_reason") or "stop") if value.get("done") is True else None
        return {"message": value["message"], "finish_reason": reason}
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(content: object) -> Iterator[str]:
    """The words of a content, whatever its form."""
    parts = content if isinstance(content, list) else [content]
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict) and part.get("type") in {None, "text", "output_text", "refusal"}:
            found = part.get("text") or part.get("refusal") or part.get("content")
            yield _text(found.get("value") if isinstance(found, dict) else found)


def _thinks(content: object) -> bool:
    parts = content if isinstance(content, list) else []
    return any(isinstance(part, dict) and part.get("type") in {"thinking", "reasoning"} for part in parts)


def _uses(content: object) -> Iterator[dict[str, Any]]:
    """Calls among the parts of a content, as proxies of Anthropic leave them."""
    for part in content if isinstance(content, list) else []:
        if isinstance(part, dict) and part.get("type") in {"tool_use", "tool_call"}:
            yield {"id": part.get("id"), "name": part.get("name"), "arguments": part.get("input")}
