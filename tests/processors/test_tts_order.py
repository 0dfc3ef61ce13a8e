"""Voices in an order, alone on a stage with a loudspeaker."""

import pytest
from pipecat.frames.frames import LLMAssistantPushAggregationFrame as Commit
from pipecat.frames.frames import (
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.services.settings import TTSSettings

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.switched import SwitchedFrame
from orion.providers._speech import WorkerTTSService
from orion.providers.scripted.script import Sound
from orion.providers.scripted.voice import ScriptedVoice
from tests.processors.orders import speaking, switches, voices

TEXT = ("This is the first sentence of all. ", "And this is the second one. ")
ALONE = Deadlines(first_audio_secs=1.0)
CATEGORIES = ("authentication", "rate_limit", "server", "connectivity", "stall")


def heard(stage):
    return " ".join(word for word, _ in stage.words)


def secs(stage):
    return sum(frame.num_frames / frame.sample_rate for frame in stage.all(TTSAudioRawFrame))


async def over(stage, number=1):
    await stage.heard(LLMFullResponseEndFrame, number)


@pytest.mark.parametrize("category", CATEGORIES)
async def test_a_sentence_that_one_voice_does_not_begin_is_said_by_the_next(category):
    async with speaking(voices([Sound(0, 0.4, category)], [Sound(0, 0.4)])) as stage:
        await stage.answer(*TEXT)
        await over(stage)
    assert heard(stage) == "".join(TEXT).strip()
    assert switches(stage) == [("first", "second")]
    assert len(stage.all(LLMFullResponseStartFrame)) == len(stage.all(LLMFullResponseEndFrame)) == 1


@pytest.mark.parametrize("category", ["server", "stall"])
async def test_a_sentence_that_breaks_off_goes_on_from_the_words_not_yet_played(category):
    # Seven words in 0.7 s: after 0.32 s three were heard whole.
    async with speaking(voices([Sound(0, 0.7, category, 0.32)], [Sound(0, 0.4)])) as stage:
        await stage.answer(*TEXT)
        await over(stage)
    assert heard(stage) == "".join(TEXT).strip()
    assert secs(stage) == pytest.approx(0.32 + 0.8, abs=0.05)


async def test_a_second_sentence_that_fails_leaves_the_first_one_alone():
    order = voices([Sound(0, 0.2), Sound(0, 0.4, "stall", 0.2)], [Sound(0, 0.4)])
    async with speaking(order) as stage:
        await stage.answer(*TEXT)
        await over(stage)
    assert heard(stage) == "".join(TEXT).strip()
    assert secs(stage) == pytest.approx(0.2 + 0.2 + 0.4, abs=0.05)


async def test_what_is_said_by_request_is_whole_and_committed_once():
    async with speaking(voices([Sound(0, 0.4, "server", 0.2)], [Sound(0, 0.2)])) as stage:
        await stage.send(TTSSpeakFrame("Good morning to you all.", append_to_context=True))
        await stage.heard(TTSStoppedFrame)
        assert len(stage.all(Commit)) == 1
        assert stage.frames.index(stage.all(Commit)[0]) > len(stage.words)
    assert heard(stage) == "Good morning to you all."


async def test_the_turn_after_is_the_first_voice_s_again():
    async with speaking(voices([Sound(0, 0.2, "server"), Sound(0, 0.2)], [Sound(0, 0.3)])) as stage:
        await stage.answer("One thing.")
        await over(stage)
        await stage.answer("Another thing.")
        await over(stage, 2)
    assert secs(stage) == pytest.approx(0.3 + 0.2, abs=0.05)
    assert heard(stage) == "One thing. Another thing."


async def test_what_the_first_voice_says_after_the_answer_of_another_comes_behind_it():
    recovered = [Sound(0, 0.4, "server", 0.1), *[Sound(0, 0.3)] * 3]
    async with speaking(voices(recovered, [Sound(0, 0.5)])) as stage:
        await stage.answer(*TEXT)
        await stage.quiet(0.2)  # the second voice has given all its sound, and most is not played yet
        await stage.send(TTSSpeakFrame("And good bye."))
        await over(stage)
        await stage.until(lambda: heard(stage).endswith("bye."))
    assert heard(stage) == "".join(TEXT) + "And good bye."
    assert switches(stage) == [("first", "second")]


async def test_a_voice_that_waits_for_its_text_is_not_given_up():
    async with speaking(voices([Sound(0, 0.2)], [Sound(0, 0.3)])) as stage:
        await stage.send(LLMFullResponseStartFrame())
        for text in TEXT:
            await stage.answer_part(text)
            await stage.quiet(0.4)
        await stage.send(LLMFullResponseEndFrame())
        await over(stage)
    assert not switches(stage)
    assert heard(stage) == "".join(TEXT).strip()


class _Renaming(WorkerTTSService):
    """Has names of its own for voices."""

    def __init__(self, sounds):
        super().__init__(ScriptedVoice(sounds), "", "en")

    async def _update_settings(self, delta):
        delta.voice = "first's own"
        return await super()._update_settings(delta)


async def test_each_voice_gets_settings_of_its_own_to_write_into():
    order = voices(_Renaming([Sound(0, 0.2)]), [Sound(0, 0.2)])
    async with speaking(order) as stage:
        await stage.send(TTSUpdateSettingsFrame(delta=TTSSettings(voice="nova")))
        await stage.answer("One thing.")
        await over(stage)
    assert [getattr(service._settings, "voice", None) for service in order.orion_services] == [
        "first's own",
        "nova",
    ]


async def test_a_barge_in_says_nothing_more_in_any_voice():
    async with speaking(voices([Sound(0, 0.4, "stall", 0.2)], [Sound(0, 0.4)])) as stage:
        await stage.answer(*TEXT)
        await stage.heard(TTSAudioRawFrame)
        await stage.interrupt()
        await stage.quiet(0.4)
        assert not switches(stage)
        await stage.answer("Something else.")
        await over(stage)
    assert heard(stage).endswith("Something else.")
    assert "second" not in heard(stage)


async def test_where_no_voice_is_left_the_turn_ends_all_the_same():
    breakers = Breakers()
    order = voices([Sound(0, 0.4, "server")], [Sound(0, 0.4, "stall")], breakers=breakers)
    async with speaking(order) as stage:
        await stage.answer(*TEXT)
        await over(stage)
    assert switches(stage) == [("first", "second"), ("second", None)]
    assert heard(stage) == ""


@pytest.mark.parametrize("category", ["server", "connectivity", "rate_limit", "stall"])
async def test_an_only_voice_says_what_it_failed_at_once_more(category):
    async with speaking(voices([Sound(0, 0.4, category), *[Sound(0, 0.3)] * 5], deadlines=ALONE)) as stage:
        await stage.answer(*TEXT)
        await over(stage)
    assert heard(stage) == "".join(TEXT).strip()
    assert switches(stage) == [("first", "first")]


async def test_an_only_voice_that_refuses_a_sentence_says_the_others_and_the_record_holds_these():
    script = [Sound(0, 0.2), Sound(0, 0.4, "invalid_request"), *[Sound(0, 0.2)] * 5]
    async with speaking(voices(script, deadlines=ALONE)) as stage:
        await stage.answer("One is said. ", "Two is refused. ", "Three is said. ")
        await over(stage)
        await stage.answer("So is four.")
        await over(stage, 2)
    assert heard(stage) == "One is said. Three is said. So is four."


async def test_a_sentence_that_an_only_voice_fails_at_twice_is_left_out():
    script = [*[Sound(0, 0.4, "stall", 0.1)] * 2, *[Sound(0, 0.3)] * 5]
    async with speaking(voices(script, deadlines=ALONE)) as stage:
        await stage.answer(*TEXT)
        await over(stage)
    assert heard(stage).endswith(TEXT[1].strip())
    assert "first sentence" not in heard(stage)


async def test_what_is_said_by_request_and_refused_mutes_nobody():
    async with speaking(voices([Sound(0, 0.4, "invalid_request"), Sound(0, 0.4)], deadlines=ALONE)) as stage:
        await stage.send(TTSSpeakFrame("Nobody hears this.", append_to_context=True))
        await stage.heard(SwitchedFrame)
        await stage.send(TTSSpeakFrame("But this.", append_to_context=True))
        await stage.heard(Commit)
    assert heard(stage) == "But this."


async def test_an_only_voice_whose_key_is_refused_is_asked_once_a_turn():
    async with speaking(
        voices([Sound(0, 0.4, "authentication"), *[Sound(0, 0.2)] * 5], deadlines=ALONE)
    ) as stage:
        await stage.answer(*TEXT)
        await over(stage)
        assert switches(stage) == [("first", None)]
        assert heard(stage) == ""
        await stage.answer("It works again.")
        await over(stage, 2)
    assert heard(stage) == "It works again."


async def test_words_said_by_request_stay_with_their_own_sound():
    texts = ("First announcement here.", "Second announcement here.", "Third announcement here.")
    async with speaking(voices([Sound(0, 0.6)], deadlines=ALONE)) as stage:
        await stage.send(*(TTSSpeakFrame(text, append_to_context=True) for text in texts))
        await stage.heard(Commit, 3)
    told, filed = [frame for frame in stage.frames if isinstance(frame, TTSTextFrame | Commit)], [""]
    for frame in told:
        if isinstance(frame, Commit):
            filed.append("")
        else:
            filed[-1] = f"{filed[-1]} {frame.text}".strip()
    assert filed == [*texts, ""]
    starts = [played for word, played in stage.words if word in {"First", "Second", "Third"}]
    assert starts == pytest.approx([0.0, 0.6, 1.2], abs=0.25)
