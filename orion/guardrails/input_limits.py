"""Refuses utterances that are too long to be speech."""

from __future__ import annotations

from typing import Any

from orion.domain.guardrail import Action, Channel, Finding, Utterance

MAX_CHARS = 4000
"""About five minutes of fast speech; a longer text would crowd out the conversation."""


def check(utterance: Utterance, _state: dict[str, Any]) -> list[Finding]:
    """One blocking finding if the user's text has more than MAX_CHARS characters."""
    if utterance.channel is not Channel.INPUT or len(utterance.text) <= MAX_CHARS:
        return []
    return [
        Finding(
            check="input_limits",
            kind="too_long",
            start=MAX_CHARS,
            end=len(utterance.text),
            action=Action.BLOCK,
            reply="That was too long for me. Could you say it in fewer words?",
        )
    ]
