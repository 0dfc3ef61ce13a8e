import pytest

from orion.domain.text import phonemes
from orion.domain.text.lexicon import Lexicon, in_letters, marked, problem, unmarked
from orion.domain.text.reading import read_aloud


def said(text: str, **entries: str) -> str:
    found = Lexicon(entries).pronounced(read_aloud(text), in_letters)
    assert [reading.written for reading in found] == text.split()
    return " ".join(reading.said for reading in found if reading.said)


def test_a_word_is_said_by_its_spelling_wherever_it_stands():
    assert said("Ask Siobhan, please.", Siobhan="shiv-awn") == "Ask shiv-awn, please."
    assert said("(SIOBHAN's table)", Siobhan="shiv-awn") == "(shiv-awn's table)"


def test_a_part_of_a_word_or_of_an_address_stays():
    assert said("Annabel, Ann-Marie", Ann="ahn") == "Annabel, ahn-Marie"
    entry = {"ann": "ahn"}
    assert Lexicon(entry).respelled("mail ann@ann.org") == "mail ann@ann.org"


def test_capitals_alone_count_in_capitals_alone():
    assert Lexicon({"IT": "eye tee"}).respelled("it is the IT team") == "it is the eye-tee team"


def test_several_words_are_said_as_one():
    found = Lexicon({"San Jose": "san hoe-zay"}).pronounced(read_aloud("to San Jose, now"), in_letters)
    assert [(one.written, one.said) for one in found] == [
        ("to", "to"),
        ("San", "san-hoe-zay,"),
        ("Jose,", ""),
        ("now", "now"),
    ]


def test_the_longest_entry_wins():
    lexicon = Lexicon({"New": "noo", "New York": "the-city"})
    assert lexicon.respelled("New York is new") == "the-city is noo"


def test_phonemes_travel_with_their_word_and_are_found_again():
    lexicon = Lexicon({"Siobhan": "/ʃɪˈvɔːn/"})
    [reading] = lexicon.pronounced(read_aloud("Siobhan!"), marked)
    assert reading.written == "Siobhan!"
    assert unmarked(reading.said, lambda word, ipa: f"{word}={ipa}") == "Siobhan=ʃɪˈvɔːn!"
    assert lexicon.respelled("Siobhan!") == "shi-vawn!"
    assert lexicon.respellings("Hi Siobhan!") == {"shi-vawn": "Siobhan"}


def test_phonemes_are_written_as_each_engine_wants_them():
    assert phonemes.kokoro("həˈləʊ") == "həlˈO"
    assert phonemes.kokoro("ˈtʃɜːtʃ") == "ʧˈɜɹʧ"
    assert phonemes.espeak("ʃɪˈvɔːn") == "SI'vO:n"
    assert phonemes.spelled("ŋuˈjɛn") == "ngoo-yen"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("Siobhan", "shiv-awn"),
        ("Nguyễn", "win"),
        ("C#", "see sharp"),
        ("A4", "ay four"),
        ("Łódź", "/wuːtʃ/"),
    ],
)
def test_these_entries_are_good(word, value):
    assert problem(word, value) is None


@pytest.mark.parametrize(
    ("word", "value", "what"),
    [
        ("", "x", "is no word"),
        ("...", "x", "is no word"),
        ("a<b", "x", "is no word"),
        ("Bob", "", "neither a spelling nor phonemes"),
        ("Bob", "42", "neither a spelling nor phonemes"),
        ("Bob", "b/o/b", "neither a spelling nor phonemes"),
        ("Bob", "<b>bob</b>", "neither a spelling nor phonemes"),
        ("Bob", "/b★b/", "'★' is no phoneme"),
        ("Bob", "/bb/", "has no vowel"),
        ("Bob", "//", "has no vowel"),
    ],
)
def test_these_entries_are_refused_with_a_reason(word, value, what):
    assert what in str(problem(word, value))


def test_without_entries_a_text_stays():
    assert Lexicon({}).respelled("as it is") == "as it is"
    assert Lexicon({}).respellings("as it is") == {}
