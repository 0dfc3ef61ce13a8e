from pipecat.frames.frames import LLMFullResponseEndFrame, LLMTextFrame, TextFrame, TTSTextFrame
from pipecat.utils.text.base_text_aggregator import TextType

from orion.processors.guardrail import GOES_ON
from orion.processors.played_words import PlayedWords
from tests.providers.stage import on_stage


async def test_words_that_are_played_are_told_without_their_spaces_and_go_on():
    told: list[str] = []
    async with on_stage(PlayedWords(told.append)) as stage:
        spoken = [TTSTextFrame(word, TextType.WORD) for word in (" Hello", "there ", "  ")]
        await stage.send(*spoken, LLMTextFrame(" you"), TextFrame("not played"))
        await stage.until(lambda: len(stage.all(TextFrame)) == 5)
    assert told == ["Hello", "there", "you"]


async def test_a_response_that_calls_a_tool_goes_on_with_the_next_one():
    words = PlayedWords(lambda _text: None)
    async with on_stage(words) as stage:
        for number, goes_on in enumerate([True, False, False], 1):
            end = LLMFullResponseEndFrame()
            end.metadata.update({GOES_ON: True} if goes_on else {})
            await stage.send(end)
            await stage.heard(LLMFullResponseEndFrame, number)
            assert words.goes_on is goes_on
