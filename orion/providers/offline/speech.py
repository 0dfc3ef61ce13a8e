"""What the offline agent says: answers over a tool's result, and its fixed sentences."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orion.domain.draft import CONVERSATIONAL
from orion.domain.text.second_person import to_you
from orion.domain.tool import MAY_HAVE_HAPPENED, Risk, Tool
from orion.providers.offline.mood import Mood, destroys
from orion.providers.offline.schema import properties

SORRY = "Sorry, that did not work."
NOTHING_DONE = "There is nothing to take back."
STAYS = "I cannot take that back."
LEFT = "I still did not get that, so I leave it. What else can I do?"
CALLED_OFF = "All right, I will not do it."
TOO_LONG = "Sorry, that took too long."
REFUSED = "Sorry, I cannot do that with what you said."
STANDS = "What I did before stays."
TOO_MUCH = "Sorry, that was too much at once. Please say it in fewer words."
NOT_CAUGHT = "Sorry, I did not catch that."
_PLACE = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"[.,;:(]")
_QUESTION = re.compile(
    r"\W*(?:(?:and|so|but|okay|ok|please)\W+)*(?:who|what|when|where|why|which|how|whose|is|are|was|were"
    r"|does|did|do you know)"
    r"(?:['’]?s)?\b"
)
_POLITE = re.compile(r"^(?:(?:please|also|can you|could you|would you|will you)\s+)+", re.IGNORECASE)
_DIGITS = re.compile(r"-?\d+(?:\.\d+)?(?=\Z|[ %])")
UNKNOWN = (
    "I don't know that.",
    "That is beyond what I know.",
    "Sorry, I have no answer to that.",
    "I can't look that up.",
)
IMPOSSIBLE = (
    "I can't do that.",
    "Sorry, that is beyond me.",
    "That is something I can't do.",
    "I am not able to do that.",
)
_HINTS = (
    "You could say: {example}.",
    "Try for example: {example}.",
    "But you can ask me this: {example}.",
    "What works is, for example: {example}.",
    "Ask me something like: {example}.",
)
_MOST_OTHERS = 3
_TITLES = {
    "current_time": "tell the time anywhere",
    "calculator": "calculate",
    "timer": "set a timer",
    "remember": "remember something for you",
    "recall": "tell you what you asked me to remember",
    "ask_agent": "ask another agent",
    "hand_over": "hand you over to another agent",
    "make_plan": "make a plan",
    "plan_status": "tell how far the plan is",
    "cancel_plan": "cancel the plan",
    "end_call": "end the call",
}


def answer(tool: Tool, result: Any) -> str:
    """The answer over a result: an error in its words, else the tool's template, else its values."""
    if isinstance(result, dict) and "error" in result:
        return _refusal(tool, result)
    if tool.say and isinstance(result, dict):
        try:
            return tool.say.format_map(result)
        except (KeyError, ValueError, IndexError, AttributeError):
            pass
    return _sentence(_told(result)) or "Done."


def ability(tool: Tool) -> str:
    """What the tool lets the agent do, as it would say it: `set a timer`."""
    known = _TITLES.get(tool.name)
    if known:
        return known
    first = _PART.split(tool.description, maxsplit=1)[0].strip().rstrip(string.punctuation)
    words = first.split()
    if words and words[0].endswith("s") and not words[0].endswith("ss"):
        words[0] = words[0].removesuffix("s")
    return " ".join(words).lower() or tool.name.replace("_", " ")


def abilities(tools: Iterable[Tool]) -> str:
    """A sentence that lists what can be done."""
    able = [tool for tool in tools if tool.name not in CONVERSATIONAL]
    titled = [ability(tool) for tool in able if tool.name in _TITLES]
    others = [ability(tool) for tool in able if tool.name not in _TITLES]
    spread = others[:: max(1, -(-len(others) // _MOST_OTHERS))]
    found = [*titled[:2], *spread, *titled[2:][-2:]]
    if not found:
        return "I can only listen for now."
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])}, or {found[-1]}"
    return f"I can {listed}."


def cannot(text: str, said: Sequence[Sequence[str]], count: int) -> str:
    """That no tool does what was said, with one of the `examples`; `count` chooses the words."""
    refusals = UNKNOWN if _QUESTION.match(text.lower()) else IMPOSSIBLE
    refusal = refusals[count % len(refusals)]
    if not said:
        return refusal
    able = said[count % len(said)]
    example = able[count // len(said) % len(able)]
    return f"{refusal} {_HINTS[count % len(_HINTS)].format(example=example)}"


def examples(tools: Iterable[Tool]) -> list[list[str]]:
    """What could be said, as lists of phrases, one for each tool that has any."""
    able = [_phrases(tool) for tool in tools if _may_be_tried(tool)]
    return [
        [_with_values(tool, phrase, at) for at, phrase in enumerate(phrases)]
        for tool, phrases in able
        if phrases
    ]


def sample(tool: Tool) -> str:
    """One request that the tool does."""
    _, able = _phrases(tool)
    return _with_values(tool, able[0], 0) if able else ability(tool)


def _may_be_tried(tool: Tool) -> bool:
    """Whether it harms nobody who tries it because it was offered."""
    return tool.name not in CONVERSATIONAL and tool.risk is not Risk.DANGER and not destroys(tool)


def _with_values(tool: Tool, phrase: str, at: int) -> str:
    for name in _PLACE.findall(phrase):
        phrase = phrase.replace(f"{{{name}}}", tool.said[name][at % len(tool.said[name])])
    return phrase.strip(" .?!")


def _phrases(tool: Tool) -> tuple[Tool, list[str]]:
    """Its examples whose places can be filled, those with a verb and an object first."""
    able = [phrase for phrase in tool.examples if all(tool.said.get(name) for name in _PLACE.findall(phrase))]
    whole = [phrase for phrase in able if len(_PLACE.sub("", phrase).split()) > 1 and len(phrase.split()) > 2]
    return tool, whole or able


def cannot_this(clause: str) -> str:
    """That one of several clauses is beyond all tools."""
    said = clause.strip(" .?!,")
    if _QUESTION.match(said.lower()):
        return f"I don't know this: {to_you(said)}."
    return f"I can't {to_you(_POLITE.sub('', said))}."


def not_done(mood: Mood, request: str) -> str:
    """That nothing was done, and with which words it would be."""
    if mood is Mood.DENIES:
        return "All right, I will not."
    why = "I cannot wait for something to happen" if mood is Mood.WAITS else "I have done nothing just now"
    return f"{why}. I do that when you say, for example: {request}."


def do_you_mean(readings: Sequence[str]) -> str:
    """The question which of some requests is meant."""
    return f"Do you mean: {', or: '.join(readings)}?"


def outcome(tool: Tool, arguments: Mapping[str, Any], result: Any) -> dict[str, Any]:
    """What is kept of a result for what points back at it: `said` in words, `number` in digits, `failed`."""
    found = _number(tool, result)
    known = properties(tool.parameters)
    sums = [
        arguments[name]
        for name, prop in known.items()
        if prop.get("x-kind") == "arithmetic" and name in arguments
    ]
    said = f"{sums[0]} is {found}" if found and sums else answer(tool, result).rstrip(".")
    said = "" if tool.untrusted else said  # others wrote it, or the user themselves did
    day = result.get("date") if isinstance(result, dict) and tool.name == "dates" else None
    return {
        "said": said,
        "number": found,
        "day": day,
        "failed": isinstance(result, dict) and "error" in result,
    }


def _number(tool: Tool, result: Any) -> str | None:
    """The number that a result comes to, in digits; None where it comes to none."""
    if not isinstance(result, dict) or "error" in result:
        return None
    told = [result.get(name) for name in ("result", *_PLACE.findall(tool.say))]
    found = (_DIGITS.match(str(value)) for value in told if isinstance(value, str | int | float))
    return next((match[0] for match in found if match), None)


def reading(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """What the agent takes the user to mean, as a request: `set a timer for 5 minutes`."""
    able = [phrase for phrase in tool.examples if set(_PLACE.findall(phrase)) <= arguments.keys()]
    if not able:
        return ability(tool)
    best = max(able, key=lambda phrase: len(_PLACE.findall(phrase)))
    return _PLACE.sub(lambda place: str(arguments[place[1]]), best).strip(" .?!")


def _refusal(tool: Tool, result: dict[str, Any]) -> str:
    """The tool's own sentence where it failed with one; what only a program reads is put into words."""
    status, error = result.get("status"), str(result["error"] or "")
    doubt = f" {MAY_HAVE_HAPPENED}" if error.endswith(MAY_HAVE_HAPPENED) else ""
    if status == "timed_out":
        return TOO_LONG + doubt
    if status == "refused":
        return REFUSED
    if status == "cancelled" or error.removesuffix(f".{doubt}") == f"{tool.name} failed":
        return SORRY + doubt
    return _sentence(error) or SORRY


def _told(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"result"}:
            return _told(value["result"])
        return ", ".join(
            f"{key.replace('_', ' ')}: {_told(v)}" for key, v in list(value.items())[:5] if v is not None
        )
    if isinstance(value, list):
        return ", ".join(_told(item) for item in value[:5]) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
