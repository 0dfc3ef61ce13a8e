"""The model of the wheel, as `make serve` runs it, with human voices; and what hears without the wheel."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from orion import providers
from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.errors import ProviderError, ProviderTimeout
from orion.processors.stt_order import STTOrder
from orion.processors.switched import UnheardFrame
from orion.providers import Candidate, moonshine_tiny
from orion.providers._onnx.moonshine_model import Tokens
from orion.providers._onnx.recogniser import Recogniser
from orion.providers._started import Started, serving
from orion.settings import Settings
from tests.providers.stage import RATE_HZ, Stage, on_stage, recording

ENGLISH = Agent("test", "")
QUIET = bytes(RATE_HZ * 2 // 5)
FORWARD, CLUBS, AMIABLE = (
    "go_forward_ten_meters",
    "seven_of_clubs",
    "he_might_even_have_been_made_amiable_himself",
)


@pytest.fixture
async def ear(settings: Settings) -> AsyncIterator[Settings]:
    await moonshine_tiny.start(settings)
    yield settings
    await moonshine_tiny.stop()


@pytest.fixture
def without_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a platform for which there is none."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, package=None: None if name == "moonshine_voice" else find(name, package),
    )


def recogniser() -> Recogniser:
    return moonshine_tiny._BUNDLE.recogniser


async def say(stage: Stage, pcm: bytes) -> None:
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(pcm + QUIET)
    await stage.send(VADUserStoppedSpeakingFrame())


async def test_it_hears_people_without_a_key_or_a_download(ear):
    async with on_stage(moonshine_tiny.stt(ear, ENGLISH)) as stage:
        await say(stage, recording(AMIABLE))
        final = await stage.heard(TranscriptionFrame)
    assert final.text == "He might even have been made amiable himself."
    assert final.finalized


async def test_words_so_far_come_while_one_speaks(ear):
    async with on_stage(moonshine_tiny.stt(ear, ENGLISH)) as stage:
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(recording(AMIABLE)[: RATE_HZ * 2])
        assert (await stage.heard(InterimTranscriptionFrame)).text.startswith("He ")
        await stage.audio(recording(AMIABLE)[RATE_HZ * 2 :])
        await stage.send(VADUserStoppedSpeakingFrame())
        assert (await stage.heard(TranscriptionFrame)).text.endswith("himself.")


async def test_behind_a_pause_only_what_is_new_is_told_though_all_is_heard_together(ear):
    pcm, pause = recording(AMIABLE), RATE_HZ * 5 // 2  # 1.25 s
    async with on_stage(moonshine_tiny.stt(ear, ENGLISH)) as stage:
        await say(stage, pcm[:pause])
        first = await stage.heard(TranscriptionFrame)
        await say(stage, pcm[pause:])
        second = await stage.heard(TranscriptionFrame, 2)
    assert first.text.lower().startswith("he might even have")
    assert second.text.endswith("amiable himself.")
    assert "might" not in second.text


async def test_a_sentence_after_a_longer_pause_is_heard_by_itself(ear):
    async with on_stage(moonshine_tiny.stt(ear, ENGLISH)) as stage:
        await say(stage, recording(FORWARD))
        await stage.heard(TranscriptionFrame)
        await stage.audio(QUIET * 10)
        await say(stage, recording(CLUBS))
        assert (await stage.heard(TranscriptionFrame, 2)).text == "Seven of clubs."


async def test_a_sentence_behind_an_answer_is_heard_by_itself_however_soon_it_comes(ear):
    async with on_stage(moonshine_tiny.stt(ear, ENGLISH)) as stage:
        for nth in range(1, 4):
            await say(stage, recording(CLUBS))
            assert (await stage.heard(TranscriptionFrame, nth)).text == "Seven of clubs."
            await stage.send(BotStartedSpeakingFrame())


async def test_what_the_tools_expect_weighs_the_hearings_without_a_new_process(ear):
    pcm, before = recording(FORWARD) + QUIET, recogniser().pid
    assert (await recogniser().hear(pcm, "en")).text == "Go forward 10 meters."
    await moonshine_tiny.expect(ear, ["go for word ten metres"] * 50)
    assert recogniser().pid == before
    assert (await recogniser().hear(pcm, "en")).text


async def test_a_process_that_died_is_replaced_and_told_the_phrases_again(ear):
    await moonshine_tiny.expect(ear, ["seven of clubs"])
    first = recogniser().pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert (await recogniser().hear(recording(CLUBS) + QUIET, "en")).text == "Seven of clubs."
    assert recogniser().pid != first


async def test_a_process_that_hangs_is_replaced_and_nobody_waits_for_one_that_is_stopped(ear, monkeypatch):
    monkeypatch.setattr("orion.providers._onnx.recogniser._ANSWER_SECS", 1.0)
    first = recogniser().pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(ProviderTimeout):
        await recogniser().hear(recording(CLUBS), "en")
    monkeypatch.undo()
    assert (await recogniser().hear(recording(CLUBS) + QUIET, "en")).text == "Seven of clubs."
    second = recogniser().pid
    assert second not in {None, first}
    os.kill(second or 0, signal.SIGSTOP)
    waiting = asyncio.get_running_loop().create_task(recogniser().hear(recording(CLUBS), "en"))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await recogniser().stop()
        with pytest.raises(ProviderError, match="was stopped"):
            await waiting


@pytest.mark.parametrize("sound", [bytes(RATE_HZ * 4), b"", b"\0\0"])
async def test_of_silence_and_of_nothing_no_word_is_made_up(ear, sound):
    assert (await recogniser().hear(sound, "en")).text == ""


async def test_what_is_asked_while_finals_wait_is_heard_after_them_or_not_at_all(ear):
    asked = [recogniser().hear(recording(AMIABLE), "en", draft=number < 4) for number in range(6)]
    heard = await asyncio.gather(*asked)
    assert [final.text for final in heard[4:]] == ["He might even have been made amiable himself."] * 2


async def test_speech_that_the_model_doubts_is_asked_for_again(ear):
    backwards = np.frombuffer(recording(FORWARD), np.int16)[::-1].tobytes()
    order = STTOrder([Candidate("ear", moonshine_tiny.stt(ear, ENGLISH))], Breakers(), Deadlines())
    async with on_stage(order) as stage:
        await say(stage, backwards)
        await stage.heard(UnheardFrame)
    assert stage.all(TranscriptionFrame) == []


async def test_it_is_the_default_and_pocketsphinx_is_not_loaded_beside_it(settings):
    assert providers.choose(settings, "stt").provider == "moonshine_tiny"
    assert serving(settings, ENGLISH, ["stt"]) == {"moonshine_tiny"}


async def test_without_the_wheel_pocketsphinx_hears_and_what_is_missing_is_said(settings, without_the_wheel):
    assert "no wheel" in str(moonshine_tiny.available(settings, "stt"))
    assert serving(settings, ENGLISH, ["stt"]) == {"pocketsphinx"}
    started = Started()
    try:
        await started.start(settings, serving(settings, ENGLISH, ["stt"]))
        async with on_stage(providers.stt(settings, ENGLISH)) as stage:
            await say(stage, recording(FORWARD))
            assert (await stage.heard(TranscriptionFrame)).text.startswith("go forward ten")
    finally:
        await started.close()


async def test_files_that_are_not_those_that_were_meant_are_not_used(settings, tmp_path, monkeypatch, logs):
    folder = tmp_path / "assets" / "tiny-en"
    folder.mkdir(parents=True)
    for name, _ in moonshine_tiny._FILES.values():
        (folder / name).write_bytes(b"another model")
    monkeypatch.setattr(moonshine_tiny, "_folder", lambda: folder)
    monkeypatch.setattr(moonshine_tiny, "_BUNDLE", moonshine_tiny._Bundle())
    await moonshine_tiny.start(settings)
    assert [line for line in logs if "is not that of moonshine-voice 0.1.0" in line]
    assert providers.choose(settings, "stt").provider == "pocketsphinx"


def test_tokens_are_read_with_lengths_of_one_and_two_bytes():
    long = b"x" * 300
    content = b"\x01?\x03<s>\x04</s>" + b"\x06\xe2\x96\x81set" + bytes([300 % 128 + 128, 2]) + long + b"\x00"
    tokens = Tokens(content)
    assert len(tokens) == 6
    assert tokens.text([1, 3, 2]) == "set"
    assert tokens.text([4]) == long.decode()


def test_the_package_is_never_imported():
    import sys

    folder: Any = moonshine_tiny._folder()
    assert isinstance(folder, Path)
    assert "moonshine_voice" not in sys.modules
