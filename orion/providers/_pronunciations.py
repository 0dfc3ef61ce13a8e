"""The pronunciations of a project, in its file `pronunciations.yaml`, and of an agent, which win."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from loguru import logger

from orion.domain.agent import Agent
from orion.domain.text.lexicon import (
    MOST_ENTRIES,
    MOST_SAID_CHARS,
    MOST_WORD_CHARS,
    Lexicon,
    lexicon,
    problem,
)
from orion.errors import FaultyFiles, FileFault
from orion.settings import Settings

NAME = "pronunciations.yaml"
_REMEDY = (
    "write `word: spelling`, or `word: /phonemes/` in IPA; in quotes if YAML takes it for something else"
)


def lexicon_of(settings: Settings, agent: Agent) -> Lexicon:
    """What counts for an agent. A file that has become faulty is logged and left out."""
    shared: dict[str, str] = {}
    if settings.project is not None:
        try:
            shared = read(settings.project)
        except FaultyFiles as error:
            logger.error("{} is left out: {}", NAME, error.faults[0].what)
    return lexicon(tuple({**shared, **agent.pronunciations}.items()))


def read(project: Path) -> dict[str, str]:
    """A project's entries; none without the file. Raises FaultyFiles with line and remedy."""
    path = project / NAME
    try:
        changed_ns = path.stat().st_mtime_ns
    except OSError:
        return {}
    return _read(path, changed_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise FaultyFiles([FileFault(path, line, "this is no YAML in UTF-8", _REMEDY)]) from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise FaultyFiles([FileFault(path, 1, "pronunciations are a mapping", _REMEDY)])
    faults = [FileFault(path, line, what, _REMEDY) for line, what in _faults(root)]
    if faults:
        raise FaultyFiles(faults)
    return {word.value: said.value for word, said in root.value}


def _faults(root: yaml.MappingNode) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    if len(root.value) > MOST_ENTRIES:
        found.append((1, f"there are {len(root.value)} pronunciations; {MOST_ENTRIES} are allowed"))
    for word, said in root.value:
        line = int(word.start_mark.line) + 1
        if not isinstance(word, yaml.ScalarNode) or not isinstance(said, yaml.ScalarNode):
            found.append((line, "a pronunciation is one line of text"))
        elif len(word.value) > MOST_WORD_CHARS or len(said.value) > MOST_SAID_CHARS:
            found.append(
                (line, f"a word has {MOST_WORD_CHARS} characters at most, what is said {MOST_SAID_CHARS}")
            )
        elif what := problem(word.value, said.value):
            found.append((line, what))
    return found
