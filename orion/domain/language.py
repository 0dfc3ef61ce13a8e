"""The languages that an agent may name: BCP 47 tags (RFC 5646) whose first subtag is one of ISO 639."""

from __future__ import annotations

import re

_TAG = re.compile(r"(?P<primary>[a-z]{2,3})([-_][a-z0-9]{2,8})*\Z", re.IGNORECASE)
_TWO_LETTERS = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz "
    "ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii "
    "ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi "
    "mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw "
    "sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk "
    "ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_CALLED = {
    "arabic": "ar",
    "chinese": "zh",
    "danish": "da",
    "deutsch": "de",
    "dutch": "nl",
    "english": "en",
    "espanol": "es",
    "finnish": "fi",
    "francais": "fr",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
}
"""What people write in the place of a tag; a suggestion, no more."""


def known(tag: str) -> bool:
    """Whether it is a language's tag, or `auto`: the recogniser tells which one is spoken."""
    found = _TAG.match(tag)
    if found is None:
        return tag == "auto"
    primary = found["primary"].lower()
    return len(primary) == 3 or primary in _TWO_LETTERS


def meant(text: str) -> str | None:
    """The tag of a language that is written out or almost a tag; None where nothing is near."""
    low = text.strip().lower()
    if known(low):
        return low
    first = re.split(r"[-_ ,]", low)[0]
    return _CALLED.get(first) or (first if known(first) else None)
