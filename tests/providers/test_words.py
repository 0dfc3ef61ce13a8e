"""Every voice tells the words of a text as they are written, in order, each once, whatever it is."""

from __future__ import annotations

import asyncio
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st
from pipecat.frames.frames import AggregatedTextFrame, TTSStoppedFrame, TTSTextFrame

from orion.domain.agent import Agent
from orion.providers import elevenlabs, espeak, flite, openai, piper, scripted
from orion.providers._speech import SpeechWorker
from orion.providers._words import InOrder, Sentences
from orion.settings import ProviderSettings
from tests.journeys.conftest import need
from tests.providers.pulled import put
from tests.providers.stage import on_stage
from tests.simulators import elevenlabs as elevenlabs_simulator
from tests.simulators import openai as openai_simulator

AGENT = Agent("test", "")
TEXTS = (
    "Wait — what — now.",
    "It is 5 ½ .",
    "Bonjour ! Comment ça va ? Très bien !",
    "« Oui », dit-il … ( non ) [ sic ] { x }",
    "— — a — — b ! ! c",
    "It costs $ . $ and € 20 , or 20 €.",
    "3 × 4 − 5 ÷ 2 ± 1 = 7 ² m² 20 °C",
    "Say Привет now, or 你好 , or नमस्ते !",
    "１２ ３．１４ Ｏｋ",
    "the the the. The the? the",
    "one - - - two ... three !!! four",
    "! lead . and trail !",
    "(a) (b) / c \\ d | e ~ f ^ g",
    "“Well,” he said. “Go!” Then: ‘no’.",
    "1. Apples. 2. Pears. 3 . Plums",
    "a1b2 $5.00 #7 @home R&D C++ a/b e.g. i.e. 5-10 5–10 %",
    "well-known state-of-the-art twenty-five-year-old " * 8,
)
WORDS = st.one_of(
    st.sampled_from(" ".join(TEXTS).split()),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=6),
)
ANY = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)


@pytest.fixture(params=["flite", "espeak", "piper", "scripted", "openai", "elevenlabs"])
async def voice(request, settings, tmp_path):
    """Each voice, made for one call."""
    if request.param in {"flite", "espeak"}:
        entry = {"flite": flite, "espeak": espeak}[request.param]
        if entry is flite:
            need("flite")
        await entry.start(settings)
        yield lambda: entry.tts(settings, AGENT)
        await entry.stop()
    elif request.param == "piper":
        ready = await put(settings, tmp_path, english="piper")
        yield lambda: piper.tts(ready, AGENT)
        await piper.stop()
    elif request.param == "scripted":
        yield lambda: scripted.tts(settings, AGENT)
    elif request.param == "openai":
        async with openai_simulator.openai() as vendor:
            vendor.sound = bytes(48000 * 20)
            place = {"OPENAI": ProviderSettings(openai_simulator.KEY, vendor.url)}
            yield lambda: openai.tts(settings.changed(providers=place), AGENT)
            await openai.stop()
    else:
        async with elevenlabs_simulator.elevenlabs() as vendor:
            place = {"ELEVENLABS": ProviderSettings(elevenlabs_simulator.KEY, vendor.url)}
            yield lambda: elevenlabs.tts(settings.changed(providers=place), AGENT)


async def test_the_words_of_an_answer_are_told_as_written(voice):
    async with on_stage(voice(), errors=None) as stage:
        for number, text in enumerate(TEXTS, 1):
            begun = len(stage.words)
            await stage.answer(text)
            await stage.heard(TTSStoppedFrame, number)
            await stage.until(partial(_is_told, stage, begun, text))


def _is_told(stage, begun: int, text: str) -> bool:
    return _told(stage, begun) == text.split()


def _told(stage, begun: int) -> list[str]:
    return " ".join(word for word, _ in stage.words[begun:]).split()


async def test_marks_alone_are_never_asked_of_a_vendor(settings):
    async with openai_simulator.openai() as vendor:
        place = {"OPENAI": ProviderSettings(openai_simulator.KEY, vendor.url)}
        vendor.sound = bytes(48000)
        async with on_stage(openai.tts(settings.changed(providers=place), AGENT)) as stage:
            await stage.answer("...")
            await stage.answer("Well. ", "!!! ", "--- ", "So. ", "👍 ", "?!")
            await stage.heard(TTSStoppedFrame)
        await openai.stop()
        spoken = [asked["input"] for asked in vendor.asked if "input" in asked]
    assert all(any(map(str.isalnum, text)) for text in spoken), spoken
    assert _told(stage, 0) == "Well. !!! --- So. 👍 ?!".split()


@pytest.mark.parametrize("engine", ["flite", "espeak"])
def test_an_engine_tells_any_words_that_it_is_given(engine):
    if engine == "flite":
        need("flite")

    async def all_told(texts: list[str]) -> None:
        worker = SpeechWorker(engine)
        for text in texts:
            words: list[tuple[str, float]] = []
            async for kind, content in worker.speak(text, "", "en"):
                words += json.loads(content) if kind == b"W" else []
            assert [word for word, _ in words] == text.split()
            assert [secs for _, secs in words] == sorted(secs for _, secs in words)
        await worker.stop()

    @tried(max_examples=3, deadline=None)
    @given(st.lists(ANY, min_size=10, max_size=30))
    def tell(texts):
        asyncio.run(all_told(texts))

    tell()


@tried(max_examples=200, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=4), st.data())
def test_whatever_an_engine_leaves_out_or_invents_the_record_is_the_text(texts, data):
    told: list[str] = []

    async def run() -> None:
        order = InOrder()
        for text in texts:
            await order.register_spoken(AggregatedTextFrame(text, "sentence"), "c", text, True)
        for word in " ".join(texts).split():
            if not data.draw(st.integers(0, 4)):
                continue  # it is not told
            frames = order.process_word(
                data.draw(st.sampled_from([word, word.lower(), word, "xyzzy"])), 1, "c"
            )
            told.extend(frame.text for frame in frames if isinstance(frame, TTSTextFrame))
        rest = order.force_complete("c", 2)
        told.extend(frame.text for frame in rest if isinstance(frame, TTSTextFrame))

    asyncio.run(run())
    assert " ".join(told).split() == " ".join(texts).split()


@tried(max_examples=200, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=4).map(". ".join), st.sampled_from(["en", "de", "fr", "ja", "xx"]))
def test_no_word_is_lost_between_the_sentences(text, language):
    found: list[str] = []

    async def run() -> None:
        cutter = Sentences(language=language)
        found.extend([one.text async for one in cutter.aggregate(text)])
        rest = await cutter.flush()
        found.extend([rest.text] if rest else [])

    asyncio.run(run())
    assert "".join("".join(found).split()) == "".join(text.split())
