"""The rules of each language, in the order in which they are asked."""

from __future__ import annotations

import re
from functools import cache

from orion.domain.text.aloud import (
    addresses,
    codes,
    dutch,
    english,
    french,
    german,
    italian,
    moments,
    portuguese,
    quantities,
    remnants,
    short_forms,
    signs,
    spanish,
)
from orion.domain.text.aloud.scanner import Rules
from orion.domain.text.aloud.tongue import Rule, Tongue

_TONGUES = {
    "en": english.tongue,
    "de": german.tongue,
    "es": spanish.tongue,
    "fr": french.tongue,
    "it": italian.tongue,
    "nl": dutch.tongue,
    "pt": portuguese.tongue,
}


@cache
def rules(language: str) -> Rules | None:
    """The rules for a language like `en` or `pt-BR`; `auto` counts as English, an unknown one has none."""
    primary, *rest = re.split("[-_]", language.lower())
    make = _TONGUES.get("en" if primary in {"auto", ""} else primary)
    return _rules(make(rest[-1] if rest else "")) if make else None


def _rules(tongue: Tongue) -> Rules:
    is_english = tongue.name == "en"
    address = [*addresses.rules(tongue)]
    currencies = [*quantities.prefixed(tongue)]
    by_sign = remnants.rules(tongue)
    for sign in {*quantities.CURRENCY_SIGNS, "-", "−", "–"}:
        by_sign[sign] = [*by_sign.get(sign, []), *currencies]
    by_sign["+"] = [codes.dialled(tongue)]
    by_sign["("] = [codes.bracketed(tongue)]
    by_sign["@"] = [addresses.account(tongue)]
    by_sign["."] = [_point(tongue)]
    if is_english:
        by_sign["'"] = by_sign["’"] = [moments.quoted_decade(tongue)]
    for sign, found in signs.rules(tongue).items():
        by_sign.setdefault(sign, []).extend(found)
    return Rules(
        digits=(
            *codes.machines(tongue),
            *moments.rules(tongue),
            *_ordinals(tongue),
            *codes.rules(tongue),
            *moments.years(tongue),
            *moments.ratios(tongue),
            *quantities.rules(tongue),
            *codes.mixed(tongue),
            *address,
            quantities.bare(tongue),
        ),
        letters=(
            *address,
            *(short_forms.rules() if is_english else short_forms.others(tongue)),
            *moments.named(tongue),
            *currencies,
            *quantities.alone(tongue),
            *codes.lettered(tongue),
            *codes.sharps(tongue),
        ),
        signs=by_sign,
        others=remnants.pictures(),
        special=short_forms.special(tongue) | _months(tongue) | quantities.plain_units(tongue),
    )


def _months(tongue: Tongue) -> frozenset[str]:
    return frozenset({*(month.lower() for month in tongue.months), *tongue.month_short})


def _ordinals(tongue: Tongue) -> list[Rule]:
    """A number that is marked as an ordinal, in the languages that have a mark for it."""
    said = tongue.ordinals
    return [Rule(re.compile(rf"(\d{{1,4}}){tongue.ordinal_mark}"), said)] if said else []


def _point(tongue: Tongue) -> Rule:
    """`.5` is "point five"."""
    digits = re.compile(r"(?<![\w.])\.(?=\d)")
    return Rule(digits, lambda _: f"{tongue.point} ")
