from pipecat.frames.frames import LLMTextFrame, TextFrame, TTSTextFrame
from pipecat.utils.text.base_text_aggregator import TextType

from orion.processors.played_words import PlayedWords
from tests.providers.stage import on_stage


async def test_words_that_are_played_are_told_without_their_spaces_and_go_on():
    told: list[str] = []
    async with on_stage(PlayedWords(told.append)) as stage:
        spoken = [TTSTextFrame(word, TextType.WORD) for word in (" Hello", "there ", "  ")]
        await stage.send(*spoken, LLMTextFrame(" you"), TextFrame("not played"))
        await stage.until(lambda: len(stage.all(TextFrame)) == 5)
    assert told == ["Hello", "there", "you"]
