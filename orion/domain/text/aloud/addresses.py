"""E-mail addresses, URLs, names of files and of accounts: part by part, their marks by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from orion.domain.text.aloud.codes import initials, letters
from orion.domain.text.aloud.numbers import in_groups, spelled
from orion.domain.text.aloud.tongue import Rule, Tongue

_NAME = r"[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ-]{0,62})"
_DOMAINS = "|".join(
    "com org net edu gov mil int info biz io dev app ai co uk de fr es nl pt eu us ca au ch jp cn ru br tv "
    "xyz cloud online shop site tech blog example test local localhost ie nz pl se dk fi cz gr hu ro kr mx "
    "ar cl".split()
)
_FILES = "|".join(
    "pdf txt docx? xlsx? pptx? csv tsv json ya?ml xml html? css js ts py rs go java rb sh md png jpe?g gif "
    "svg mp[34] wav flac ogg zip tar gz exe dmg deb log ini toml cfg conf sql db ics eml".split()
)
_PATH = r"(?:[/?#][^\s<>\"'“”]{0,4000})?"
_TAIL = re.compile(r"[.,;:!?)\]}'\"*_…’”]+\Z")
_MARKS = "/.,;:!?)]}'\"*_…’”"
_UNSAID = re.compile(r"[*_\]}/]")
_HOST_AND_PATH = re.compile(r"([^/?#]*)(.*)\Z", re.DOTALL)
_PART = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)
_SPOKEN_ENDINGS = frozenset({"com", "org", "net", "edu", "gov", "mil", "info", "biz", "dev", "app", "co"})
_VOWELS = frozenset("aeiouyäöüáéíóúâêîôûàèìòùãõ")
_MOST_CHARS = 80
"""Nobody writes down a longer address by ear: its host is said, the rest is not."""


def rules(tongue: Tongue) -> Iterator[Rule]:
    """Rules for what begins with a letter or a digit."""
    said = partial(_address, tongue)
    user = r"[A-Za-z0-9À-ɏ][\w.+%-]{0,63}"
    yield Rule(re.compile(rf"(?:mailto:)?{user}@{_NAME}(?:\.{_NAME}){{0,6}}"), partial(_mail, tongue))
    yield Rule(re.compile(r"[a-zA-Z][a-zA-Z+]{1,11}://[^\s<>\"“”]{0,4000}"), said)
    yield Rule(re.compile(rf"www\.{_NAME}(?:\.{_NAME}){{0,6}}(?::\d{{2,5}})?{_PATH}", re.IGNORECASE), said)
    yield Rule(
        re.compile(rf"(?:{_NAME}\.){{1,5}}(?:{_DOMAINS})(?![\w-]|\.\w)(?::\d{{2,5}})?{_PATH}"),
        said,
    )
    yield Rule(
        re.compile(rf"[\w-]{{1,80}}\.(?:{_FILES})(?![\w-]|\.\w)", re.IGNORECASE), partial(_file, tongue)
    )


def account(tongue: Tongue) -> Rule:
    """The rule for `@ada`."""
    return Rule(
        re.compile(r"(?<![\w.])@(\w(?:[\w.-]{0,62}\w)?)"),
        lambda match: f"{tongue.signs.at} {in_parts(match[1], tongue)}",
    )


def in_parts(text: str, tongue: Tongue) -> str:
    """An address in words: names as they are, initials and digits one by one, marks by name."""
    said: list[str] = []
    for part in _PART.findall(text):
        if part[0].isdecimal():
            said.append(in_groups(part, tongue) if len(part) > 4 else spelled(part, tongue))
        elif part[0].isalpha():
            said += [part.upper()] if len(part) == 1 else [_name(part)]
        elif sign := tongue.address_signs.get(part):
            said.append(sign)
    return letters(said)


def _name(part: str) -> str:
    """A run of letters: a word, or initials where nobody could say it as one."""
    if part.lower() == "www":
        return "W W W"
    return part if _VOWELS & set(part.lower()) else initials(part)


def _mail(tongue: Tongue, match: re.Match[str]) -> str:
    user, _, host = match[0].removeprefix("mailto:").partition("@")
    return f"{in_parts(user, tongue)} {tongue.address_signs['@']} {_domain(host, tongue)}"


def _domain(host: str, tongue: Tongue) -> str:
    """A host's name; an ending of two letters is spelled."""
    host, _, port = host.partition(":")
    names, dot = host.split("."), tongue.address_signs["."]
    said = [in_parts(name, tongue) for name in names]
    if len(names) > 1 and len(names[-1]) == 2 and names[-1] not in _SPOKEN_ENDINGS and names[-1].isalpha():
        said[-1] = initials(names[-1])
    found = f" {dot} ".join(filter(None, said))
    return f"{found} {tongue.address_signs[':']} {spelled(port, tongue)}" if port.isdecimal() else found


def _address(tongue: Tongue, match: re.Match[str]) -> str | None:
    """A URL without its scheme; a scheme alone is spelled."""
    text = _TAIL.sub("", match[0])
    behind = _UNSAID.sub("", match[0][len(text) :])
    scheme, found, rest = match[0].partition("://")
    if found and not rest.strip(_MARKS):
        return initials(scheme.replace("+", "")) + _UNSAID.sub("", rest)
    rest = text.partition("://")[2] if found else text
    host, path = _HOST_AND_PATH.match(rest).groups()  # type: ignore[union-attr] # matches anything
    said = _domain(host.rpartition("@")[2], tongue)
    if len(rest) > _MOST_CHARS:
        return f"{said or initials(scheme)}, {tongue.and_so_on}{behind}"
    return f"{said} {in_parts(path.rstrip('/'), tongue)}".strip() + behind


def _file(tongue: Tongue, match: re.Match[str]) -> str:
    name, _, ending = match[0].rpartition(".")
    said = in_parts(re.sub(r"[_-]", " ", name), tongue)
    known = ending if ending.lower() in {"zip", "log", "gif"} else initials(ending)
    return f"{said} {tongue.address_signs['.']} {known}"
