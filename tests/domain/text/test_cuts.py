import pytest

from orion.domain.sentence import sentences as released
from orion.providers._words import Sentences


async def cut(text: str, language: str, size: int) -> list[str]:
    cutter, found = Sentences(language=language), []
    for at in range(0, len(text), size):
        found += [one.text async for one in cutter.aggregate(text[at : at + size])]
    rest = await cutter.flush()
    return [*found, *([rest.text] if rest else [])]


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["1. Apples.", "2. Pears.", "3. Plums."]),
        ("en", ["It costs 3.", "Then we go.", "The answer is no.", "No. 5 is alive."]),
        ("en", ["He said “Go.”", "Then he left.", 'He said "Go."', '"Why?" she asked.']),
        ("en", ["“Well,” he said.", "“Go!”", "Then: see vol. 2."]),
        ("en", ["... Now.", "!!! Yes."]),
        ("ja", ["π は３．１４です。", "はい。"]),
        ("zh", ["他说：“好！”", "然后走了。"]),
        (
            "de",
            [
                "Wir treffen uns am 3. Oktober.",
                "Der 2. Versuch klappte.",
                "Es kostet 3.",
                "Danach, z. B. im 4. Stock.",
            ],
        ),
        ("es", ["La Sra. Pérez vive aquí.", "D. José, n.º 5, pág. 3.", "Fin."]),
        ("fr", ["M. Dupont et Mme. Martin, av. J.-C.", "Le n.º 5.", "« Très bien ! »", "Puis, art. 3."]),
        ("it", ["Il Sig. Rossi e la Dott.ssa Bianchi, pag. 5.", "L'avv. Neri, ecc."]),
        ("nl", ["Dhr. Jansen en mevr. de Vries, bijv. op 3 okt. om 5 uur.", "Nr. 5."]),
        ("pt", ["O Sr. Silva e a D. Maria, p. ex. no n.º 5.", "Fim."]),
    ],
)
async def test_a_sentence_ends_where_a_reader_would_end_it(language, sentences, size):
    space = "" if language in {"ja", "zh"} else " "
    assert await cut(space.join(sentences), language, size) == sentences


PROSE = (
    (
        "en",
        "Hello there. I saw Dr. Smith at 5 p.m. today. Really? No. 5 is alive! It costs 3. Then: see vol. 2.",
    ),
    ("en", "1. Apples. 2. Pears. He said. “Go.” Then he left.\nNext line\n... Now. !!! Yes."),
    ("de", "Am 3. Oktober, z. B. im 4. Stock. Es kostet 3. Gut! Der 2. Versuch. Er kam am 5. Mai."),
    ("fr", "« Très bien ! » dit-il. M. Dupont, av. J.-C. Puis, art. 3. Fin."),
    ("es", "La Sra. Pérez vive aquí. ¿Qué? ¡Sí! D. José, n.º 5."),
)


@pytest.mark.parametrize(("language", "text"), PROSE)
async def test_what_is_released_a_sentence_at_a_time_is_cut_as_if_it_had_come_at_once(language, text):
    cutter, found = Sentences(language=language), []
    for piece in released(text):
        found += [one.text async for one in cutter.aggregate(piece)]
    rest = await cutter.flush()
    at_once = await cut(text, language, len(text))
    assert [*found, *([rest.text] if rest else [])] == [sentence.lstrip("\n") for sentence in at_once]


async def test_a_sentence_is_spoken_before_the_next_one_is_written():
    cutter = Sentences(language="en")
    assert [one.text async for one in cutter.aggregate("We close at six. ")] == ["We close at six."]
    assert [one.text async for one in cutter.aggregate("I saw Dr. ")] == []
    assert [one.text async for one in cutter.aggregate("Smith. ")] == ["I saw Dr. Smith."]
