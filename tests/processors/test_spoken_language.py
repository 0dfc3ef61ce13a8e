from __future__ import annotations

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame, TTSUpdateSettingsFrame
from pipecat.transcriptions.language import Language

from orion.processors.spoken_language import SpokenLanguage
from tests.providers.stage import on_stage


def words(language: Language | None) -> TranscriptionFrame:
    return TranscriptionFrame("words", "user", "now", language)


async def test_a_language_goes_ahead_of_the_words_once():
    async with on_stage(SpokenLanguage()) as stage:
        await stage.send(words(Language.DE), words(Language.DE), words(None), words(Language.FR))
        await stage.heard(TranscriptionFrame, 4)
    kinds = (TranscriptionFrame, TTSUpdateSettingsFrame)
    passed = [frame for frame in stage.frames if isinstance(frame, kinds)]
    told = [getattr(getattr(frame, "delta", None), "language", "") for frame in passed]
    assert told == ["de", "", "", "", "fr", ""]


async def test_a_guess_changes_nothing():
    async with on_stage(SpokenLanguage()) as stage:
        await stage.send(InterimTranscriptionFrame("words", "user", "now", Language.DE))
        await stage.send(words(None))
        await stage.heard(TranscriptionFrame)
    assert stage.all(TTSUpdateSettingsFrame) == []
