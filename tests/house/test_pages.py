"""Pages of docs/ that list what the code knows list all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orion import guardrails
from orion.domain.guardrail import Action
from orion.domain.memory import MemoryType
from orion.domain.plan import PlanStatus, StepStatus
from orion.domain.session import EndReason, SessionStatus
from orion.domain.tool import ToolCallStatus
from orion.domain.waiting_call import ApprovalState
from orion.domain.webhook import EVENT_NAMES

DOCS = Path(__file__).parents[2] / "docs"


def told(page: str) -> set[str]:
    """All that stands in back quotes on a page, outside of its listings."""
    text = re.sub(r"```.*?```", "", (DOCS / page).read_text(), flags=re.DOTALL)
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize(
    "values",
    [SessionStatus, EndReason, ToolCallStatus, PlanStatus, StepStatus, ApprovalState],
    ids=lambda kind: kind.__name__,
)
def test_every_status_is_on_the_page_of_events(values):
    assert {value.value for value in values} <= told("events.md")


def test_every_event_is_on_its_page():
    assert {*EVENT_NAMES, "session.state", "turn.partial"} <= told("events.md")


def test_every_check_and_every_kind_of_memory_is_on_its_page():
    assert {*guardrails.load_all(), *(action.value for action in Action)} <= told("guardrails.md")
    assert {kind.value for kind in MemoryType} <= told("memory.md")


def test_every_page_is_linked_from_another():
    pages = {path.name: path.read_text() for path in DOCS.glob("*.md")}
    pages["README.md"] = (DOCS.parent / "README.md").read_text()
    for name in pages.keys() - {"README.md"}:
        assert any(f"{name})" in text or f"{name}#" in text for at, text in pages.items() if at != name), name
