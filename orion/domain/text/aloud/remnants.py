"""Remnants of markup and of JSON, pictures and control signs: what they hold is said, they are not.

`orion/domain/markup.py` takes away what a model writes on purpose, by the line; this is for what is left in a
sentence: half a link, a brace, a tag.
"""

from __future__ import annotations

import re
from html import unescape

from orion.domain.text.aloud.tongue import Rule, Tongue
from orion.domain.text.emoji import EMOJI

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def rules(tongue: Tongue) -> dict[str, list[Rule]]:
    """Rules by the sign that a part begins with; they are asked before those of `signs`."""
    tag = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,20}(?:\s[^<>\n]{0,200})?/?>|<!--[^\n]{0,200}?-->")
    return {
        "<": [Rule(tag, lambda _: " ")],
        "&": [Rule(_ENTITY, lambda match: _decoded(tongue, match))],
        "`": [Rule(re.compile(r"```[\w+-]{0,20}(?=\s|\Z)|`+"), lambda _: "")],
        "~": [Rule(re.compile("~~+"), lambda _: "")],
        "*": [Rule(re.compile(r"\*+"), _star)],
        "#": [
            Rule(re.compile(r"#{1,6}(?=\s(?!\d)|\Z)"), lambda _: ""),
            Rule(re.compile(r"#(?=[^\W\d_])"), lambda _: "hashtag" if tongue.name == "en" else ""),
        ],
        "|": [
            Rule(re.compile(r"\|[\s|:-]{0,200}-{3,}[\s|:-]{0,200}"), lambda _: ""),
            Rule(re.compile(r"\|+"), _cell),
        ],
        "-": [
            Rule(re.compile(r"-{3,}"), lambda _: ""),
            Rule(re.compile(r"-(?:\s{1,9}-){0,40}(?=\s)"), _bullet),
        ],
        "=": [Rule(re.compile(r"={4,}"), lambda _: "")],
        "]": [Rule(re.compile(r"\]\([^()\s]{0,2000}\)|\]\[[^\[\]\s]{0,80}\]"), lambda _: "")],
        "!": [Rule(re.compile(r"!(?=\[)"), lambda _: "")],
        "\\": [Rule(re.compile(r"\\(?:[nrt](?![a-z])|u[0-9a-fA-F]{4})"), lambda _: " ")],
        '"': [
            Rule(re.compile(r'(?<=[{\[,:])"|(?<=[{\[,:]\s)"(?=[^\s"]{1,80}"\s?:)'), lambda _: " "),
            Rule(re.compile(r'"\s?:\s?"?(?=\S)'), lambda _: ": "),
            Rule(re.compile(r'"\s?,(?=\s?["{\[])'), lambda _: ", "),
            Rule(re.compile(r'"(?=\s?[}\]])'), lambda _: ""),
        ],
        ",": [Rule(re.compile(r",(?=[\d\"{\[])"), lambda _: ", ")],
    }


def pictures() -> list[Rule]:
    """Rules for any other sign: a picture is looked at, an arrow or a bullet parts words."""
    return [Rule(EMOJI, _parting)]


def _parting(match: re.Match[str]) -> str:
    """Nothing, or a space between the words that the part stood between."""
    text, start, end = match.string, match.start(), match.end()
    inside = start > 0 and end < len(text) and text[start - 1].isalnum() and text[end].isalnum()
    return " " if inside and match[0] not in {"**", "***"} else ""


def _star(match: re.Match[str]) -> str | None:
    """Emphasis, unless numbers are on both sides."""
    text, start, end = match.string, match.start(), match.end()
    factors = re.search(r"[\d)]\s?\Z", text[max(0, start - 2) : start]) and re.match(
        r"\s?[\d(]", text[end : end + 2]
    )
    return None if factors and len(match[0]) <= 2 else _parting(match)


def _cell(match: re.Match[str]) -> str:
    """A table's bar is a pause between two cells."""
    text, start, end = match.string, match.start(), match.end()
    line_begins = not text[:start].rpartition("\n")[2][-200:].strip()
    line_ends = not text[end : end + 200].partition("\n")[0].strip()
    return "" if line_begins or line_ends else ", "


def _bullet(match: re.Match[str]) -> str | None:
    before = match.string[max(0, match.start() - 80) : match.start()]
    return "" if not before.rpartition("\n")[2].strip() and len(before) < 80 else None


def _decoded(tongue: Tongue, match: re.Match[str]) -> str:
    sign = unescape(match[0])
    words = tongue.signs
    named = {"&": words.and_, "<": words.less, ">": words.more, "°": words.degree[1], "×": words.times}
    if sign in named:
        return named[sign]
    if sign in tongue.money:
        return tongue.money[sign].name.many
    return f"{sign}" if sign.isalpha() or sign in "'\"-–—,.;:!?" else " "
