"""When the user's turns begin and end in a call: by the settings of the agent that has the word."""

from __future__ import annotations

from pipecat.turns.user_start import (
    BaseUserTurnStartStrategy,
    TranscriptionUserTurnStartStrategy,
    VADUserTurnStartStrategy,
)
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion.domain.agent import Agent
from orion.media.turn_end import stop_strategy


def strategies(agent: Agent, *, transcripts: bool = True) -> UserTurnStrategies:
    """Those of an agent; without `transcripts` by the sound alone."""
    started: list[BaseUserTurnStartStrategy] = [VADUserTurnStartStrategy()]
    ended = stop_strategy(agent.turn_taking, transcripts=transcripts)
    if transcripts:
        started.append(TranscriptionUserTurnStartStrategy())
    return UserTurnStrategies(start=started, stop=[ended])
