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
        ("5 ½ inches", "5 and a half inches"),
        ("¼ cup, 2¾ or ⅔.", "a quarter cup, 2 and three quarters or 2 thirds."),
        ("€20 and £20, ¥500", "20 euros and 20 pounds, 500 yen"),
        ("20 €, 1€, €1.5 million", "20 euros, 1 euro, 1.5 million euros"),
        ("€20.50 or -£3.05", "20 euros and 50 cents or minus 3 pounds and 5 pence"),
        ("€1,000.00 – €2,000", "1,000 euros to 2,000 euros"),
        (
            "It is −5 or -5 °C, 72°F, 1°.",
            "It is minus 5 or minus 5 degrees Celsius, 72 degrees Fahrenheit, 1 degree.",
        ),
        ("3 × 4 ÷ 2 ± 1 = 7", "3 times 4 divided by 2 plus or minus 1 equals 7"),
        ("3 + 4 - 2 = 5", "3 plus 4 minus 2 equals 5"),
        ("m², km³ and 10⁻³, 2⁵", "m squared, km cubed and 10 to the power of minus 3, 2 to the power of 5"),
        ("R&D & 15% of 80", "R and D and 15 percent of 80"),
        ("１２ ３．１４ ② ٣", "12 3.14 2 3"),
        ("5–10 %, #5, §3", "5 to 10 percent, number 5, section 3"),
        ("a well-known 555-1234, C++ and x - y", "a well-known 555-1234, C++ and x - y"),
    ],
)
def test_signs_are_said_as_they_are_meant(written, heard):
    assert said(written) == heard


@pytest.mark.parametrize(
    ("language", "heard"),
    [
        ("de", "20 Euro 50 mal einhalb, minus 3 Grad Celsius, 5 Prozent"),
        ("fr-CA", "20 euros 50 fois un demi, moins 3 degrés Celsius, 5 pour cent"),
        ("ja", "20,50 € × ½, −3 °C, 5 %"),
    ],
)
def test_they_are_said_in_the_agents_language(language, heard):
    text = said("20,50 € × ½, −3 °C, 5 %", language)
    assert text == heard.replace("mal einhalb", "mal ein halb")


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
