from pipecat.frames.frames import (
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)

from orion.processors.written_speech import WrittenSpeech
from tests.providers.stage import on_stage


async def test_what_the_agent_is_asked_to_say_is_written_as_a_response():
    async with on_stage(WrittenSpeech()) as stage:
        await stage.send(LLMTextFrame("before"), TTSSpeakFrame("Your timer is over."), LLMTextFrame("behind"))
        await stage.until(lambda: len(stage.all(LLMTextFrame)) == 3)
    assert [frame.text for frame in stage.all(LLMTextFrame)] == ["before", "Your timer is over.", "behind"]
    shapes = (LLMTextFrame, LLMFullResponseStartFrame, LLMFullResponseEndFrame)
    kinds = [type(frame).__name__ for frame in stage.frames if isinstance(frame, shapes)]
    assert kinds[1:4] == ["LLMFullResponseStartFrame", "LLMTextFrame", "LLMFullResponseEndFrame"]
    assert stage.all(TTSSpeakFrame) == []
