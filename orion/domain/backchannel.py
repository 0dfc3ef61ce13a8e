"""Signs of listening, which take no turn: hums everywhere, and nods by language. Folded words."""

from __future__ import annotations

from orion.domain.assents import folded

HUMS = frozenset(
    "mhm mhmm mm mmm mmmm mmhm mmhmm mhmhm hm hmm hmmm hmhm hum uh huh uhhuh uhuh um umm ah aha ahh oh ooh eh"
    " ehm em ach och".split()
)
"""Sounds that are no word of any language; recognisers spell them in many ways."""
_NODS = {
    "en": "yeah yep yup yes ok okay right sure alright",
    "de": "ja jaja jo genau okay ok gut klar stimmt richtig verstehe",
    "es": "si ya vale ok okay claro bueno aja",
    "fr": "oui ouais ok okay d accord daccord bien voila",
    "it": "si gia ok okay certo bene esatto",
    "nl": "ja jaja oke ok okay precies goed klopt",
    "pt": "sim ok okay ta certo claro pois",
    "ja": "はい うん ええ そう",
    "zh": "嗯 好 对 是 行",
}


def nods(language: str) -> frozenset[str]:
    """Words that take no turn but as an answer; of a language that is not known those of English."""
    subtag = language.replace("_", "-").partition("-")[0].lower()
    return frozenset(folded(_NODS.get(subtag) or _NODS["en"]).split())
