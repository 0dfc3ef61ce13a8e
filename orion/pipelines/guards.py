"""The guardrails of one conversation: what they find in what is said, heard and asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipecat.frames.frames import TranscriptionFrame

from orion import guardrails, providers
from orion.domain.guardrail import Channel, Utterance, Verdict
from orion.domain.storable import storable
from orion.pipelines.records.recorder import Recorder
from orion.pipelines.shared import Shared
from orion.processors.guardrail import InputGuardrail, OutputGuardrail
from orion.processors.spoken_guardrail import HeardGuardrail, SaidGuardrail


class Guards:
    """Makes the processors that check one conversation; they share what the checks remember of it.

    Args:
        typed: Told of each typed message that may pass.
        speaks: What the agent says is spoken, not written.
    """

    def __init__(
        self, shared: Shared, recorder: Recorder, typed: Callable[[str], None], *, speaks: bool
    ) -> None:
        self._shared = shared
        self._recorder = recorder
        self._typed = typed
        self._speaks = speaks
        self._state: guardrails.State = {}

    def input(self) -> InputGuardrail:
        """What checks what the user says."""
        recorder = self._recorder
        return InputGuardrail(self._evaluate, recorder.verdict, self._typed, recorder.unreadable)

    def output(self) -> OutputGuardrail:
        """What checks what the agent says."""
        return OutputGuardrail(self._evaluate, self._recorder.verdict, speaks=self._speaks)

    def heard(self, speech: providers.SpeechModel) -> HeardGuardrail:
        """What checks what a speech model has heard."""

        async def checked(heard: TranscriptionFrame, *, allowed: bool) -> None:
            if not allowed:
                self._recorder.user_said("")
            await speech.orion_checked(heard, allowed=allowed)

        return HeardGuardrail(self._evaluate, self._recorder.verdict, checked)

    def said(self, speech: providers.SpeechModel) -> SaidGuardrail:
        """What checks what a speech model says."""
        return SaidGuardrail(self._evaluate, self._recorder.verdict, lambda: speech.orion_serves)

    def checked(self, text: str, channel: Channel) -> Verdict:
        """What is found in a text."""
        return self._evaluate(Utterance(text, channel))

    def _evaluate(self, utterance: Utterance) -> Verdict:
        checks = self._shared.checks if self._shared.settings.guardrails else {}
        utterance = replace(utterance, text=storable(utterance.text))
        return guardrails.evaluate(utterance, checks, self._state)
