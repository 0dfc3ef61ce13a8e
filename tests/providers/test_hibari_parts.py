"""The parts of hibari's voice that need no process: its tables, its text, its sound."""

import gzip
import json

import numpy as np
import pytest

from orion.providers._speech.hibari_reader import package
from orion.providers._speech.hibari_sound import heard
from orion.providers._speech.hibari_text import is_readable, readable, sentences
from orion.providers._speech.json_index import JsonIndex


@pytest.mark.parametrize("kind", ["gold", "silver"])
def test_the_index_finds_what_the_lexicon_holds(kind):
    folder = package()
    assert folder is not None
    text = gzip.decompress((folder / "assets" / f"lexicon_us_{kind}.json.gz").read_bytes())
    whole = json.loads(text)
    index = JsonIndex(text)
    some = sorted(whole)[::97]
    assert [index.get(word) for word in some] == [whole[word] for word in some]
    assert index.get("nosuchwordatall") is None


def test_the_index_reads_objects_quotes_and_spaces():
    held = {"a": {"DEFAULT": "x", "NOUN": None}, 'say "b"': "y", "w={,": -2.5, "é": "z", "": 0}
    for separators in ((",", ":"), (", ", ": ")):
        index = JsonIndex(json.dumps(held, ensure_ascii=False, separators=separators).encode())
        assert {key: index.get(key) for key in held} == held
    assert JsonIndex(b"{}").get("a") is None


@pytest.mark.parametrize(
    ("clause", "cut"),
    [
        ("The answer is no.", [("The answer is no", ".")]),
        ("He said no. Then he left.", [("He said no", "."), ("Then he left", ".")]),
        ('"I said no."', [('"I said no"', ".")]),
        ("Call me at 5 p.m.", [("Call me at 5 p.m.", "")]),
        ("It is in Dec.", [("It is in Dec.", "")]),
        ("Is it no?", [("Is it no?", "")]),
        ("Ask Dr. Smith, no. 5", [("Ask Dr. Smith, no. 5", "")]),
    ],
)
def test_only_the_full_stop_of_a_sentence_is_kept_from_the_reader(clause, cut):
    assert sentences(clause) == cut


def test_what_is_not_latin_is_transliterated_inside_of_a_text_and_alone_not_read():
    assert readable("café") == "café"
    assert readable("Иван") == "Ivan"
    assert not is_readable("Привет 你好 …")
    assert is_readable("№ 5")
    assert readable("7" * 20) == " ".join("7" * 20)
    assert readable("1234567890") == "1234567890"


def test_silence_is_cut_and_a_loud_clause_does_not_clip():
    tone = np.sin(np.arange(2400) / 10).astype(np.float32)
    around = np.zeros(12000, np.float32)
    quiet, cut_secs = heard(np.concatenate([around, 0.2 * tone, around]), 24000)
    assert cut_secs == pytest.approx(0.46, abs=0.01)
    assert len(quiet) / 24000 == pytest.approx(0.04 + 0.1 + 0.2, abs=0.01)
    assert np.abs(quiet).max() == pytest.approx(0.34, abs=0.01)
    loud, _ = heard(np.concatenate([around, 0.9 * tone, around]), 24000)
    assert np.abs(loud).max() == pytest.approx(0.98, abs=0.01)
    assert len(heard(around, 24000)[0]) == 0
