"""When the user's turns begin and end in a call: by the settings of the agent that has the word."""

from __future__ import annotations

from collections.abc import Callable

from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion.domain.agent import Agent
from orion.media.barge_in import BargeIn, BargeInPolicy
from orion.media.turn_end import stop_strategy


def strategies(
    agent: Agent, asked: Callable[[], bool] = lambda: False, *, transcripts: bool = True
) -> UserTurnStrategies:
    """Those of an agent; without `transcripts` by the sound alone.

    Args:
        asked: Whether the agent has put a question since it began to speak.
    """
    begun = BargeIn(BargeInPolicy.of(agent.turn_taking, agent.language), asked, transcripts=transcripts)
    return UserTurnStrategies(start=[begun], stop=[stop_strategy(agent.turn_taking, transcripts=transcripts)])
