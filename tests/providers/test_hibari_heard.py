"""What hibari says is heard back by Moonshine, where its wheel is installed."""

from __future__ import annotations

import importlib
import re

import numpy as np
import pytest
import soxr

from orion.providers._speech import SpeechWorker

moonshine_model = pytest.importorskip("orion.providers._onnx.moonshine_model", reason="Moonshine is not here")

SAID = (
    "Your appointment with the dentist is on Thursday at ten in the morning.",
    "Sorry, I did not catch that. Could you say it again, please?",
    "The answer is no. Shall I ask somebody else?",
    "The old bridge was closed after the storm.",
    "I will remember that your dog is called Bello.",
    "We walked along the river until it was dark.",
    "The meeting was boring but the coffee was good.",
    "Goodbye, and thank you for calling us this afternoon.",
)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+|\d+", text.lower().replace("10", "ten").replace("good-by", "goodbye"))


async def test_its_words_are_understood():
    tiny = importlib.import_module("orion.providers.moonshine_tiny")
    if tiny.available(None, "stt"):
        pytest.skip(tiny.available(None, "stt"))
    places = tiny._places()
    model = moonshine_model.Moonshine(places["encoder"], places["decoder"], places["tokenizer"])
    worker = SpeechWorker("hibari")
    misheard = []
    for text in SAID:
        pcm = b"".join([content async for kind, content in worker.speak(text, "", "en") if kind == b"A"])
        samples = np.frombuffer(pcm, np.int16).astype(np.float32) / 32768
        sound = np.pad(soxr.resample(samples, worker.rate_hz, 16000), 8000)
        heard = model.hear(sound.astype(np.float32), 4)[0].text
        misheard += [(text, heard)] if words(heard) != words(text) else []
    await worker.stop()
    assert len(misheard) <= 1, misheard
