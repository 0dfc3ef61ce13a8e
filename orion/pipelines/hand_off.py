"""Hand-offs in a running call: the word passes to another agent between two frames, and nothing pauses.

Instructions, tools and name change at once, in the context itself, so that whatever the user says next is
answered by the agent that has the word. Voice, language, models and turn-taking follow by frames that no
barge-in drops. What was said stays in the context; where it is long, notes are taken beside.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from loguru import logger
from pipecat.frames.frames import Frame, LLMRunFrame, LLMUpdateSettingsFrame, TTSUpdateSettingsFrame
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.services.settings import LLMSettings, TTSSettings
from pipecat.services.tts_service import TTSService

from orion import providers
from orion.domain.agent import Agent
from orion.domain.hand_off import HandedOver
from orion.errors import OrionError
from orion.pipelines import turns
from orion.pipelines.consultation import Consultations
from orion.pipelines.conversation import Conversation
from orion.pipelines.tasks import Tasks
from orion.providers import Candidate
from orion.providers._words import LEXICON, WrittenWords

_Service = TypeVar("_Service")

_LOOK_SECS, _LOOKS = 0.1, 100
_PATIENCE_SECS = 0.7
"""So long who takes over may be silent over a task; then it says that it takes a moment."""


@dataclass(frozen=True, slots=True)
class Begins:
    """How an agent that takes over begins: by a frame, by a text, or by saying that it takes a moment."""

    put: Callable[[Frame], Awaitable[None]]
    say: Callable[[str], Awaitable[None]]
    moment: Callable[[], None]


class HandOffs:
    """Gives the word from agent to agent in one call, and lets the one that has it ask the others.

    Args:
        begins: How an agent begins.
        voices: What speaks in the call; none in one by text.

    Attributes:
        owes: Who has taken over is about to say something without the user.
    """

    def __init__(
        self,
        conversation: Conversation,
        pair: LLMContextAggregatorPair,
        tasks: Tasks,
        begins: Begins,
        voices: Sequence[Candidate[TTSService]],
    ) -> None:
        self.owes = False
        conversation.tool_context.consulting = Consultations(conversation)
        self._conversation = conversation
        self._pair = pair
        self._tasks = tasks
        self._begins = begins
        self._voices = voices

    def proceed(self, *, interrupted: bool = False) -> bool:
        """The agent has said what it had to say: give the word to whom it asked for, if to anybody.

        Args:
            interrupted: The user has begun to speak: the other agent answers that, and nothing else.

        Returns:
            Whether the word has passed.
        """
        self.owes = False
        conversation = self._conversation
        wanted, conversation.requests.hand_over = conversation.requests.hand_over, None
        if wanted is None:
            return False
        before, agent = conversation.agent, conversation.offer.roster.get(wanted.agent)
        conversation.give_word_to(agent)
        conversation.context.add_message(HandedOver(_called(before), _called(agent), wanted.task))  # type: ignore[arg-type]
        context_tokens = agent.context_tokens or conversation.shared.settings.context_tokens
        conversation.window.pass_on(conversation.context, context_tokens)
        self.owes = not interrupted and bool(wanted.task or conversation.greeting())
        self._tasks.spawn(self._go_on(before, agent, wanted.task), "hand-off")
        return True

    async def _go_on(self, before: Agent, agent: Agent, task: str) -> None:
        """Give the running pipeline what is the agent's, and let it begin."""
        await self._conversation.renew()
        for frame in (*self._voice(before, agent), *self._models(before, agent)):
            frame.interruptible = False
            await self._begins.put(frame)
        await self._take_turns(before, agent)
        if not self.owes:
            return
        speech = self._conversation.speech
        if task and (speech is None or not speech.orion_serves):
            await self._begins.put(LLMRunFrame())
            await self._bridge()
        else:
            await self._begins.say(self._conversation.greeting())

    async def _bridge(self) -> None:
        """Say that it takes a moment where nothing is said of the task in time."""
        recorder = self._conversation.recorder
        for _ in range(_LOOKS):  # a filler among the last words of who had the word would part them
            if not recorder.speaking:
                break
            await asyncio.sleep(_LOOK_SECS)
        await asyncio.sleep(_PATIENCE_SECS)
        if self._voices and self.owes and not (recorder.answering or recorder.speaking):
            self._begins.moment()

    def _voice(self, before: Agent, agent: Agent) -> Iterator[Frame]:
        """The voice and language of an agent, for each engine that it has too; without one all stays."""
        if not self._voices:
            return
        settings = self._conversation.offer.settings
        try:
            wanted = _in_order(providers.ttss(settings, agent))
        except OrionError as error:
            logger.warning("the voice of {} cannot serve: {}", agent.name, error.slug)
            return
        for speaker in self._voices:
            if wanted[speaker.provider]:
                other = wanted[speaker.provider].popleft().service
                its: Any = other.settings
                delta = TTSSettings(voice=its.voice)
                if isinstance(other, WrittenWords):
                    delta.extra[LEXICON] = other.orion_lexicon
                if before.language != agent.language:
                    delta.language = its.language
                yield TTSUpdateSettingsFrame(delta=delta, service=speaker.service)

    def _models(self, before: Agent, agent: Agent) -> Iterator[Frame]:
        """The models of an agent, of those providers that the call asks anyway; their order stays."""
        if before.llm == agent.llm:
            return
        settings = self._conversation.offer.settings
        try:
            wanted = _in_order(providers.llms(settings, agent))
        except OrionError as error:
            logger.warning("the models of {} cannot serve: {}", agent.name, error.slug)
            return
        for asked in self._conversation.models:
            if wanted[asked.provider]:
                model = wanted[asked.provider].popleft().model
                yield LLMUpdateSettingsFrame(delta=LLMSettings(model=model), service=asked.service)

    async def _take_turns(self, before: Agent, agent: Agent) -> None:
        if self._voices and before.turn_taking != agent.turn_taking:
            controller = self._pair.user()._user_turn_controller  # noqa: SLF001 - Pipecat has no other way
            await controller.update_strategies(turns.strategies(agent, self._conversation.asked))


def _in_order(candidates: Sequence[Candidate[_Service]]) -> defaultdict[str, deque[Candidate[_Service]]]:
    """Those of each provider, in order: where one stands twice, each has its match."""
    found: defaultdict[str, deque[Candidate[_Service]]] = defaultdict(deque)
    for candidate in candidates:
        found[candidate.provider].append(candidate)
    return found


def _called(agent: Agent) -> str:
    return agent.title or agent.name
