"""The script that the scripted engines play: a YAML file, checked as it is read.

```yaml
stt:                                   # one entry per utterance
  - text: what time is it in tokyo
    partials: [what time, what time is it]   # one after every 200 ms of speech
    delay_ms: 40                       # from the end of the utterance to the final
llm:                                   # one entry per turn, and one per tool result
  - tool_calls: [{name: current_time, arguments: {place: tokyo}}]
  - {text: It is nine in Tokyo., delay_ms: 200, token_delay_ms: 20}
  - {to: good night, text: Sleep well.}      # whenever the user's last words hold these, so often as they do
inference:                             # answers beside the conversation (plans), each once
  - {text: '{"steps": [{"tool": "current_time", "arguments": {"place": "Tokyo"}}]}'}
tts: {delay_ms: 50, secs: 5}           # every sentence: time to its first audio, its length
```

Faults, for who wants to see what a call makes of them: `fault` is `stall` (it goes silent and never ends)
or an error by its category (`authentication`, `authorization`, `invalid_request`, `rate_limit`, `quota`,
`connectivity`, `server`, `unknown`), at the point that `after` names: words of an answer, seconds of an
utterance or of a sentence's sound (0 where none is given: at once).

```yaml
stt: [{text: hello, fault: connectivity, after: 0.4}]
llm: [{text: It is nine in Tokyo., fault: server, after: 2}, {text: All is well.}]
tts: [{secs: 2, fault: stall, after: 0.5}, {secs: 2}]    # a list: one entry per sentence
```

Entries with `to` are played over those words of the user alone, in order, the last one again and again; of
several that fit, those with the longest `to`, whatever its letters' case and its punctuation. So one script
serves many conversations. Entries without it are played as all the others, in order.

Delays are 0 where none is given. A part that is left out is played as without a script; after its last
entry a list begins anew. Each call begins at the first entries.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_type_hints

import yaml

from orion.errors import StartError

_Entry = TypeVar("_Entry")

STALL = "stall"
STATUS = {
    "authentication": 401,
    "authorization": 403,
    "invalid_request": 400,
    "rate_limit": 429,
    "quota": 402,
    "server": 503,
}
"""HTTP's status codes for the categories that have one."""
FAULTS = frozenset({"", STALL, "connectivity", "unknown", *STATUS})


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance as the STT hears it; an empty text is heard as nothing."""

    text: str = "this is what i say"
    partials: Sequence[str] = ()
    delay_ms: float = 0
    fault: str = ""
    after: float = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the LLM: words, tool calls, or both; each call is `{name, arguments}`.

    Attributes:
        to: The words of the user that it answers; empty: any.
    """

    text: str = ""
    delay_ms: float = 0
    token_delay_ms: float = 0
    tool_calls: Sequence[Mapping[str, Any]] = ()
    fault: str = ""
    after: float = 0
    to: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """How sentences sound."""

    delay_ms: float = 0
    secs: float = 5
    fault: str = ""
    after: float = 0


@dataclass(frozen=True, slots=True)
class Script:
    """What the three engines play; without a file they take no time."""

    stt: Sequence[Heard] = (Heard(),)
    llm: Sequence[Answer] = (Answer("This is what the agent always says."),)
    tts: Sequence[Sound] = (Sound(),)
    inference: Sequence[Answer] = ()


def read(path: Path | None) -> Script:
    """The script of a file, or the built-in one. Raises StartError that says what is wrong where."""
    if path is None:
        return Script()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise StartError(f"ORION_SCRIPT: {path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=8)
def _read(path: Path, _changed_ns: int) -> Script:
    try:
        content = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StartError(f"{path} is no YAML: {error}") from error
    parts = _mapping(content if content is not None else {}, str(path))
    if unknown := set(parts) - {"stt", "llm", "tts", "inference"}:
        raise StartError(f"{path}: unknown {', '.join(sorted(unknown))}; there are stt, llm, tts, inference")
    found: dict[str, Any] = {}
    if "stt" in parts:
        found["stt"] = _entries(Heard, parts["stt"], f"{path}: stt")
    if "llm" in parts:
        found["llm"] = _entries(Answer, parts["llm"], f"{path}: llm")
        _check_calls(found["llm"], f"{path}: llm")
    if "inference" in parts:
        found["inference"] = _entries(Answer, parts["inference"], f"{path}: inference")
    if "tts" in parts:
        sounds = parts["tts"] if isinstance(parts["tts"], list) else [parts["tts"]]
        found["tts"] = _entries(Sound, sounds, f"{path}: tts")
    return Script(**found)


def _entries(kind: type[_Entry], content: object, where: str) -> tuple[_Entry, ...]:
    if not isinstance(content, list) or not content:
        raise StartError(f"{where} must be a list with at least one entry")
    return tuple(_entry(kind, entry, f"{where}[{index}]") for index, entry in enumerate(content))


def _entry(kind: type[_Entry], content: object, where: str) -> _Entry:
    values = _mapping(content, where)
    hints = get_type_hints(kind)
    for name, value in values.items():
        if name not in hints:
            raise StartError(f"{where}: unknown {name}; there are {', '.join(hints)}")
        if not _fits(value, hints[name]):
            raise StartError(f"{where}.{name}: {value!r} cannot be used here")
    if values.get("fault", "") not in FAULTS:
        raise StartError(f"{where}.fault: unknown {values['fault']}; there are {', '.join(sorted(FAULTS))}")
    return kind(**values)


def _fits(value: object, hint: Any) -> bool:
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    if hint is str:
        return isinstance(value, str)
    inner: type | UnionType = str if hint == Sequence[str] else Mapping
    return isinstance(value, list) and all(isinstance(item, inner) for item in value)


def _check_calls(answers: Sequence[Answer], where: str) -> None:
    for index, answer in enumerate(answers):
        for call in answer.tool_calls:
            sound = isinstance(call.get("name"), str) and isinstance(call.get("arguments", {}), Mapping)
            if not sound or set(call) - {"name", "arguments"}:
                raise StartError(f"{where}[{index}].tool_calls: a call is {{name, arguments}}, not {call!r}")


def _mapping(content: object, where: str) -> dict[str, Any]:
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise StartError(f"{where} must be a mapping")
    return content
