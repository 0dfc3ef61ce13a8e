"""The folder of checks, and their one doorway: one file is one check.

A check's module has `check(utterance: Utterance, state: State) -> list[Finding]`: fast, without a
framework, without I/O. What it keeps over the turns of a session lies in `state` under its name.
The strongest action of all findings becomes the verdict; masked spans are replaced in the text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from orion import registry
from orion.domain.guardrail import Action, Finding, Utterance, Verdict
from orion.errors import FaultyFiles, FileFault

State = dict[str, Any]
Check = Callable[[Utterance, State], list[Finding]]


def load_all(project: Path | None = None) -> dict[str, Check]:
    """All checks, built in and of the project, by name.

    Raises:
        FaultyFiles: Entries cannot be imported, or have no `check`; all of them are told.
    """
    found: dict[str, Check] = {}
    faults: list[FileFault] = []
    for name in registry.names("guardrails", project):
        try:
            module = registry.load("guardrails", name, project)
        except FaultyFiles as error:
            faults += error.faults
            continue
        if callable(getattr(module, "check", None)):
            found[name] = module.check
        else:
            what, remedy = "the check is missing", "write `def check(utterance, state): ...`"
            faults.append(FileFault(Path(str(module.__file__)), 1, what, remedy))
    if faults:
        raise FaultyFiles(faults)
    return found


def evaluate(utterance: Utterance, checks: Mapping[str, Check], state: State) -> Verdict:
    """Run the checks and give the verdict. An exception of a check is not caught: it fails closed."""
    started = time.thread_time()
    findings = [finding for check in checks.values() for finding in check(utterance, state)]
    action = max((f.action for f in findings), key=lambda a: a.strength, default=Action.ALLOW)
    text = "" if action is Action.BLOCK else _masked(utterance.text, findings)
    return Verdict(action, text, tuple(findings), (time.thread_time() - started) * 1000)


def _masked(text: str, findings: Iterable[Finding]) -> str:
    """Replace the masked spans; overlapping ones become one, with the first one's replacement."""
    spans: list[tuple[int, int, str]] = []
    for finding in sorted((f for f in findings if f.action is Action.MASK), key=lambda f: f.start):
        if spans and finding.start < spans[-1][1]:
            start, end, replacement = spans.pop()
            spans.append((start, max(end, finding.end), replacement))
        else:
            spans.append((finding.start, finding.end, finding.replacement))
    for start, end, replacement in reversed(spans):
        text = text[:start] + replacement + text[end:]
    return text
