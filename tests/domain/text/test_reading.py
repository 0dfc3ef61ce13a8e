import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.text.latin import latin
from orion.domain.text.reading import Alignment, read_aloud
from orion.domain.text.vocabulary import LANGUAGES
from orion.domain.text.words import has_words


def said(text: str, language: str = "en") -> str:
    return " ".join(reading.said for reading in read_aloud(text, language) if reading.said)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("5 ½ inches", "five and a half inches"),
        ("¼ cup, 2¾ or ⅔.", "a quarter cup, two and three quarters or two thirds."),
        ("€20 and £20, ¥500", "twenty euros and twenty pounds, five hundred yen"),
        ("20 €, 1€, €1.5 million", "twenty euros, one euro, one point five million euros"),
        ("€20.50 or -£3.05", "twenty euros and fifty cents or minus three pounds and five pence"),
        ("3 + 4 - 2 = 5", "three plus four minus two equals five"),
        ("R&D & 15% of 80", "R and D and fifteen percent of eighty"),
        ("１２ ３．１４ ② ٣", "twelve three point one four two three"),
    ],
)
def test_signs_are_said_as_they_are_meant(written, heard):
    assert said(written) == heard


@pytest.mark.parametrize(
    ("language", "heard"),
    [
        ("de", "zwanzig Euro fünfzig mal ein halb, minus drei Grad Celsius, fünf Prozent"),
        ("fr-CA", "vingt euros cinquante fois un demi, moins trois degrés Celsius, cinq pour cent"),
        ("ja", "20,50 € × ½, −3 °C, 5 %"),
    ],
)
def test_they_are_said_in_the_agents_language(language, heard):
    assert said("20,50 € × ½, −3 °C, 5 %", language) == heard


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_word_for_every_sign(language):
    for sign in "€£¥$%½¼¾⅓⅘⅞−×÷±²³°&§‰≈≠≤≥√∞":
        heard = said(f"5 {sign} 3", language)
        assert sign not in heard
        assert len(heard.split()) > 2, (sign, heard)


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        *(("Привет,", "Privet,"), ("Щука", "Shchuka"), ("Ελλάδα", "Ellada"), ("안녕", "annyeong")),
        *(("こんにちは", "konnitiha"), ("नमस्ते", "namaste"), ("straße", "strasse"), ("π", "pi")),
        *(("你好", "something in Chinese"), ("สวัสดี", "something in Thai"), ("→", "rightwards arrow")),
        *(("“naïve”", '"naive"'), ("ok👍", "ok"), ("👍", ""), ("Łódź", "Lodz")),
    ],
)
def test_no_script_is_dropped_unsaid(word, heard):
    assert latin(word) == heard


@given(st.text())
def test_anything_is_ascii_and_every_letter_leaves_a_trace(text):
    for word in text.split():
        assert latin(word).isascii()
        if any(map(str.isalpha, word)) and word.isprintable():
            assert has_words(latin(word)), word


@given(st.text() | st.lists(st.sampled_from("½ € 20 − 5 , . ° C × é ( )".split())).map(" ".join))
def test_every_written_word_is_told_once_in_order_with_a_time(text):
    readings = read_aloud(text)
    assert [reading.written for reading in readings] == text.split()
    times = [(word, at / 10) for at, word in enumerate(" ".join(one.said for one in readings).split())]
    alignment = Alignment(readings)
    told = [pair for time in times for pair in alignment.take([time])] + alignment.rest()
    assert [word for word, _ in told] == text.split()
    assert [secs for _, secs in told] == sorted(secs for _, secs in told)


@pytest.mark.parametrize(
    ("text", "has"), [("...", False), ("👍 !!!", False), ("", False), ("½", True), ("€", True), ("да", True)]
)
def test_marks_and_pictures_are_no_words(text, has):
    assert has_words(text) is has
