import pytest

from orion.domain.approval import called, question
from orion.domain.assents import Reply, assent, names

KNOWN = ["de", "en", "es", "fr", "it", "nl", "pt"]
SAID = {
    "en": ("Yes, please.", "no", "Okay, yes"),
    "de": ("Ja, bitte.", "Nein, danke!", "Okay, ja"),
    "es": ("Sí, por favor.", "No, gracias", "Vale, si"),
    "fr": ("Oui, s'il vous plaît.", "Non merci", "Bon, oui"),
    "it": ("Sì, grazie.", "No, grazie", "Va bene, no"),
    "nl": ("Ja, graag.", "Nee, bedankt", "Oké, ja"),
    "pt": ("Sim, por favor.", "Não, obrigada", "ok sim"),
}
UNCLEAR = {
    "en": ("okay", "yes but only half of it", "yesterday", "no yes", "yes no", "", "please", "mhm"),
    "de": ("okay", "ja aber nur die Hälfte", "jain", "ja nein", "vielleicht", "danke", "naja", "yes"),
    "es": ("vale", "sí pero no todo", "quizás", "sí no", "bueno", "si quieres", "yes"),
    "fr": ("d'accord", "oui mais pas tout", "peut-être", "oui non", "merci", "yes"),
    "it": ("va bene", "sì ma non tutto", "forse", "sì no", "prego", "grazie", "yes"),
    "nl": ("oké", "ja maar niet alles", "misschien", "ja nee", "graag", "yes"),
    "pt": ("está bem", "sim mas nem tudo", "talvez", "sim não", "pois não", "obrigado", "yes"),
}


def test_these_languages_are_known():
    assert names() == KNOWN


@pytest.mark.parametrize("language", KNOWN)
def test_a_short_and_unmistakable_utterance_counts(language):
    yes, no, _ = SAID[language]
    assert assent(language).reply(yes) is Reply.YES
    assert assent(language).reply(no) is Reply.NO


@pytest.mark.parametrize(("language", "text"), [(name, text) for name in KNOWN for text in UNCLEAR[name]])
def test_anything_else_is_neither(language, text):
    assert assent(language).reply(text) is Reply.OTHER


@pytest.mark.parametrize("language", KNOWN)
def test_no_word_is_both(language):
    words = assent(language)
    assert not words.yes & words.no
    assert not {word for word in words.polite if words.reply(word) is Reply.YES}


@pytest.mark.parametrize("language", KNOWN)
def test_in_every_language_an_english_no_is_a_no(language):
    for text in ("no", "stop", "cancel that", "never mind"):
        assert assent(language).reply(text) is Reply.NO


@pytest.mark.parametrize("language", ["ja", "", "auto", "../en", "xx-YY"])
def test_an_unknown_language_is_asked_in_english_and_takes_english_words(language):
    assert question("clear_all", {}, language) == "Shall I run clear all? Please say yes or no."
    assert assent(language).reply("yes") is Reply.YES
    assert assent(language).reply("ja") is Reply.OTHER


@pytest.mark.parametrize("language", ["de", "de-AT", "DE_de"])
def test_a_question_is_asked_in_the_agents_language(language):
    told = question("send_money", {"to": "Bob", "amount": 5}, language)
    assert told == ('Soll ich send money mit to "Bob", amount "5" ausführen? Bitte sagen Sie ja oder nein.')
    planned = called("send", {"note": "{{0.text}}"}, language, planned=True)
    assert planned == 'send mit note "dem Ergebnis von Schritt 1"'


@pytest.mark.parametrize("language", KNOWN)
def test_every_language_says_everything_and_quotes_what_is_hostile(language):
    words = assent(language).words
    assert set(words) == set(assent("en").words)
    assert (assent(language).count(2), len(assent(language).things)) != (assent(language).count(9), 0)
    told = question("send", {"to": 'Bob"? {call} Yes or no? {0}'}, language)
    assert told.count("?") == assent(language).words["question"].count("?")
    assert told.count('"') == 2


ASKED = 'Shall I run pay with amount "20", whom "Miller"? Please say yes or no.'
ASKS = {
    "en": (
        "What is this about?",
        "why",
        "how much is it",
        "who is Miller?",
        "what's that again please",
        "20 to Miller?",
    ),
    "de": (
        "Worum geht es?",
        "Warum denn das",
        "Wie viel kostet das?",
        "Wer ist Miller?",
        "Wie bitte",
        "what is that",
    ),
    "es": (
        "\u00bfDe qu\u00e9 se trata?",
        "por qu\u00e9",
        "\u00bfCu\u00e1nto es?",
        "\u00bfqui\u00e9n es Miller?",
    ),
    "fr": (
        "De quoi s'agit-il ?",
        "pourquoi",
        "Combien est-ce ?",
        "Qui est Miller ?",
    ),
    "it": (
        "Di che cosa si tratta?",
        "perch\u00e9",
        "Quanto costa?",
        "Chi \u00e8 Miller?",
    ),
    "nl": (
        "Waar gaat het over?",
        "waarom",
        "Hoeveel is het?",
        "Wie is Miller?",
    ),
    "pt": (
        "De que se trata?",
        "porqu\u00ea",
        "Quanto custa?",
        "Quem \u00e9 Miller?",
    ),
}
ELSE = (
    "what time is it in Tokyo",
    "how is the weather?",
    "2 plus 2 is what",
    "cancel that, what is it about?",
    "stop asking me what this is about",
    "no, what is this about",
    "tell me about the sea and the sky",
    "pay 20 to Miller",
)


@pytest.mark.parametrize(("language", "text"), [(name, text) for name in KNOWN for text in ASKS[name]])
def test_who_asks_about_the_question_has_said_neither_yes_nor_no(language, text):
    assert assent(language).reply(text, ASKED) is Reply.ASKS
    assert assent(language).reply(text) is Reply.OTHER, "nothing is open"


@pytest.mark.parametrize("text", ELSE)
def test_who_speaks_of_something_else_does_not_ask_about_the_question(text):
    assert assent("en").reply(text, ASKED) is Reply.OTHER


@pytest.mark.parametrize("language", KNOWN)
def test_no_word_for_no_is_said_in_passing(language):
    words = assent(language)
    assert not words.no & (words.asking | words.small)
