"""Memories found by meaning without a key: the model of the wheel, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orion.agents.recollection import Recollection
from orion.domain.identity import new_id
from orion.domain.memory import Memory, MemoryType
from orion.errors import ProviderError
from orion.providers import _embedding, _minilm
from orion.providers._minilm.client import Vectors
from orion.providers._minilm.wordpiece import LONGEST_TOKENS, WordPiece

FOLDER = _minilm.folder() or Path("/nowhere")
pytestmark = pytest.mark.skipif(_minilm.lack() is not None, reason=f"minilm: {_minilm.lack()}")

ASKED = {
    "my dog is called Bello": "what's the name of my puppy",
    "my sister Mary lives in Glasgow": "which city is my sibling based in",
    "I am allergic to peanuts": "what food must I avoid",
    "the car is parked on level three": "where did I leave my vehicle",
    "my doctor's name is Miller": "who is my physician",
    "I like my coffee black": "how do I take my hot drink in the morning",
    "the wifi password is sunflower": "how do I get on the internet here",
    "my anniversary is on the fourth of June": "when did I get married",
    "I work as a carpenter": "what is my job",
    "my son starts school in September": "when does my boy begin his lessons",
    "the spare key is under the flower pot": "how can I get in when I am locked out",
    "I play the violin on Tuesdays": "which instrument do I practise",
    "my flight to Oslo leaves at seven": "at what time is my plane",
    "I wear size forty two shoes": "how big are my feet",
    "my favourite painter is Turner": "which artist do I love most",
    "the boiler was serviced in March": "when was the heating last checked",
    "I do not eat meat": "am I a vegetarian",
    "my landlord is Mrs Novak": "who do I rent the flat from",
    "I take a pill for blood pressure every evening": "what medicine am I on",
    "the bins are emptied on Thursday": "when is the rubbish collected",
    "my grandmother was born in Naples": "where does my family come from",
    "I am saving for a sailing boat": "what am I putting money aside for",
    "my bicycle has a blue frame": "what colour is my bike",
    "I am afraid of heights": "what scares me",
    "the dentist is on Monday at ten": "when do I have my teeth looked at",
    "my laptop is five years old": "how long have I had my computer",
    "I support the team from Liverpool": "which football club do I follow",
    "the cake needs two hundred grams of sugar": "how sweet is the recipe",
    "my neighbour feeds the cat when I travel": "who looks after my pet while I am away",
    "I would like to learn Japanese this year": "which language do I want to study",
}
"""What was kept, and how somebody asks for it later in other words."""
ALSO_RIGHT = {("what food must I avoid", "I do not eat meat")}
"""Whoever asks this is answered by either."""


@pytest.fixture
async def embedder(settings):
    made = _embedding.embedder(settings.changed(embeddings="auto"))
    assert made is not None
    yield made
    await made.close()


@pytest.fixture
def vectors():
    made = Vectors()
    yield made
    made.close()


def kept(principal, content):
    return Memory(new_id(), principal.user_id, None, MemoryType.FACT, content, datetime.now(UTC))


async def test_a_question_in_other_words_finds_the_memory_first(database, ada, ben, embedder):
    recollection = Recollection(database, embedder)
    for content in ASKED:
        await recollection.keep(ada, kept(ada, content))
    misses = {}
    for content, asked in ASKED.items():
        found = [memory.content for memory in await recollection.search(ada, asked, limit=3)]
        if found[0] != content and (asked, found[0]) not in ALSO_RIGHT:
            misses[asked] = found
    assert len(ASKED) == 30
    assert len(misses) <= 3, misses
    assert await recollection.search(ben, "what's the name of my puppy", limit=3) == []


async def test_it_serves_by_itself_and_can_be_switched_off(settings):
    assert _embedding.embeds(settings.changed(embeddings="auto")) == "minilm"
    assert _embedding.embeds(settings.changed(embeddings="off")) is None
    assert _embedding.embedder(settings.changed(embeddings="off")) is None


async def test_the_vectors_are_those_that_the_models_makers_publish(vectors):
    # Source: https://www.sbert.net, Quickstart, and the model's page: "This is an example sentence".
    weather, sunny, stadium = (
        vectors.of(text)
        for text in ("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.")
    )
    assert cosine(weather, sunny) == pytest.approx(0.6660, abs=1e-4)
    assert cosine(weather, stadium) == pytest.approx(0.1046, abs=1e-4)
    assert cosine(sunny, stadium) == pytest.approx(0.1411, abs=1e-4)
    first = vectors.of("This is an example sentence")[:4]
    assert first == pytest.approx([0.0676570, 0.0634959, 0.0487131, 0.0793050], abs=1e-6)


def cosine(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_words_become_the_tokens_of_bert():
    pieces = WordPiece.read(FOLDER / "vocab.txt")
    assert pieces.ids("Héllo, world!") == [101, 7592, 1010, 2088, 999, 102]
    assert pieces.ids("unaffable $5") == [101, 14477, 20961, 3468, 1002, 1019, 102]
    assert pieces.ids("") == [101, 102]
    assert pieces.ids("a\0b\u200b") == pieces.ids("ab")
    assert pieces.ids("x" * 101) == [101, 100, 102]
    assert len(pieces.ids("東京" * 500)) == LONGEST_TOKENS


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "😀" * 50, "word " * 5000])
def test_any_text_has_a_vector_of_length_one(vectors, text):
    found = vectors.of(text)
    assert len(found) == 384
    assert cosine(found, found) == pytest.approx(1.0, abs=1e-4)


def test_a_process_that_died_is_started_again(vectors):
    before = vectors.of("tea")
    os.kill(vectors._process.pid, signal.SIGKILL)
    vectors._process.wait()
    assert vectors.of("tea") == before


def test_other_weights_than_the_known_are_refused(tmp_path):
    strange = shutil.copytree(FOLDER, tmp_path / "model")
    with (strange / "vocab.txt").open("a") as file:
        file.write("another\n")
    vectors = Vectors(strange)
    for _ in range(2):
        with pytest.raises(ProviderError, match="install them anew"):
            vectors.of("tea")


async def test_a_search_does_not_wait_for_all_that_is_caught_up(embedder):
    async with asyncio.TaskGroup() as group:
        many = group.create_task(embedder(["a long memory of many words " * 20] * 40))
        await embedder(["tea"])
        assert not many.done()
        many.cancel()


async def test_what_was_kept_without_vectors_is_filled_in_and_erased_with_its_memory(database, ada, embedder):
    recollection = Recollection(database, embedder)
    memories = [kept(ada, content) for content in list(ASKED)[:3]]
    for memory in memories:
        await Recollection(database).keep(ada, memory)
    assert await recollection.catch_up(ada) == 3
    assert await recollection.catch_up(ada) == 0
    async with database.transaction(ada) as store:
        await store.memories.delete(memories[0].id)
        vector = (await embedder([memories[0].content]))[0]
        near = await store.memories.nearest(embedder.model, vector)
    assert memories[0].id not in {memory.id for memory in near}
