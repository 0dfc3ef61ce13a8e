"""What is meant for another agent: `ask the scheduler to ...`, `hand me to the scheduler, I need ...`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orion.domain.agent import Agent

_FLAGS = re.IGNORECASE | re.DOTALL
_POLITE = (
    r"\W*(?:(?:please|okay|ok|hey|orion|and|so|now|no|well|then|great|thanks|thank you|all right|alright"
    r"|can you|could you|would you)\W+)*"
)
_WORD_TO = (
    r"(?:(?:let me|(?:can|could|may) i|i (?:want|need|would like|'d like)(?: to)?|i'd like to)\W+)?"
    r"(?:(?:talk|speak|go|get|switch|change|hand over|"
    r"(?:hand|put|pass|transfer|connect|switch|send|take|bring|give|get) me)\W+)?"
    r"(?:(?:over|through|on|back)\W+)?(?:(?:to|with)\W+)?"
)
_TELLING = re.compile(
    r"\b(?:talk|speak|hand|put|pass|transfer|connect|switch|send|take|bring|back|give|get)\b", re.IGNORECASE
)
_TASK = re.compile(
    r"\W*(?:(?:please|and|because|since|for|so|there|that)\W+)*"
    r"(?:(?:i want|i would like|i'd like)\W+(?=\w))?",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\W*(?:please|now|again|agent|instead|thanks|thank you|right now)?\W*\Z", re.IGNORECASE)
_ABOUT = re.compile(r"\W*(?:(?:if|whether|about|for)\W+)?", re.IGNORECASE)
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Addressed:
    """What is meant for `agent`: a task that it takes over, or a question that the first one asks it."""

    agent: str
    text: str
    asks: bool


def addressed(text: str, agents: Sequence[str], titles: Mapping[str, str] | None = None) -> Addressed | None:
    """The agent that the user names, with what is meant for it; None where nothing is.

    Args:
        titles: What agents call themselves, by name: people say that, too.
    """
    for name in agents:
        title = (titles or {}).get(name) or name
        said = "|".join(r"\W+".join(map(re.escape, re.split(r"[-_\s]+", one))) for one in {name, title})
        said = f"(?:{said})"
        the = rf"(?:the\W+|our\W+)?{said}\b(?:\W+agent\b)?"
        found = _to_do(text, the) or _asked(text, the) or _word_to(text, the)
        if found is not None:
            return Addressed(name, *found)
    return None


def without_name(text: str, agent: Agent) -> str:
    """The text without the name of the agent at its beginning or end: `Orion, hello`."""
    names = "|".join(re.escape(name) for name in {agent.name, agent.title} if name)
    match = re.match(rf"\W*(?:(?:hey|hi|hello|okay|ok)\W+)?(?:{names})\s*[,!.:]\s*(?=\w)", text, _FLAGS)
    text = text[match.end() :] if match else text
    return re.sub(rf"(?<=\w)\s*,\s*(?:{names})\s*(?=[?!.]*\Z)", "", text, flags=_FLAGS)


def _to_do(text: str, the: str) -> tuple[str, bool] | None:
    match = re.match(
        rf"{_POLITE}(?:ask|tell|get|have|let)\W+{the}\W+(?:to\W+)(?P<rest>.+)\Z",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    return (match["rest"].strip(), False) if match else None


def _asked(text: str, the: str) -> tuple[str, bool] | None:
    leads = r"(?:ask|consult|check with|find out from|see with)"
    match = re.match(rf"{_POLITE}{leads}\W+{the}(?P<rest>.+)\Z", text, _FLAGS)
    rest = _ABOUT.sub("", match["rest"], count=1).strip() if match else ""
    return (rest, True) if len(rest.split()) >= _LEAST_WORDS else None


def _word_to(text: str, the: str) -> tuple[str, bool] | None:
    match = re.match(rf"(?P<lead>{_POLITE}{_WORD_TO}){the}(?P<rest>.*)\Z", text, _FLAGS)
    if match is None or not _TELLING.search(match["lead"]):
        return None
    rest = match["rest"]
    if _EMPTY.match(rest):
        return "", False
    task = _TASK.sub("", rest, count=1).strip()
    return (task, False) if len(task.split()) >= _LEAST_WORDS else ("", False)
