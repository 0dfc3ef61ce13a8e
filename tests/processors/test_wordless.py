"""An answer of pictures or of marks alone, where answers are spoken."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import LLMFullResponseEndFrame, LLMFullResponseStartFrame, LLMTextFrame

from orion.domain.guardrail import Action, Verdict
from orion.processors.guardrail import OutputGuardrail
from orion.processors.llm_order import WORDLESS
from orion.processors.silence import Silence
from tests.providers.stage import on_stage


async def seen(_utterance, _verdict):
    """Nothing is found."""


@pytest.mark.parametrize(
    ("speaks", "answer", "said", "silences"),
    [
        (True, "👍", "Thumbs up.", 0),
        (True, "...", "...", 1),
        (True, "Fine 👍", "Fine ", 0),
        (False, "👍", "👍", 0),
        (False, "...", "...", 0),
    ],
)
async def test_it_is_said_by_name_or_told_as_silence_and_left_alone_in_writing(
    speaks, answer, said, silences
):
    told = []
    silence = Silence(lambda: told.append(1), speaks=speaks)
    guard = OutputGuardrail(lambda u: Verdict(Action.ALLOW, u.text), seen, speaks=speaks)
    async with on_stage(silence, guard) as stage:
        end = LLMFullResponseEndFrame()
        end.metadata[WORDLESS] = False  # as the order of models says of an answer that was not cut off
        await stage.send(LLMFullResponseStartFrame(), LLMTextFrame(answer), end)
        await stage.heard(LLMFullResponseEndFrame)
    assert "".join(frame.text for frame in stage.all(LLMTextFrame)) == said
    assert len(told) == silences
