"""Reads a statement: of what it speaks, what it tells about it, and the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from orion.domain.facts.words import stem


@dataclass(frozen=True, slots=True)
class Fact:
    """What a statement tells.

    Attributes:
        subject: Of what, in stems and without "my"; empty for the user.
        aspect: What about it: `name`, `place`, `day`, `hour`, `is`, or a verb.
        value: The words of the statement that tell it, in lower case; they end it.
        single: There is one such value at a time: a newer statement replaces it.
        own: It is about the user or a thing of theirs.
    """

    subject: str
    aspect: str
    value: str
    single: bool = True
    own: bool = True


_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
)
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_DAY = re.compile(
    rf"(?:(?:on|in|this|next|every|until) )*(?:the )?(?:{_DAYS}|{_MONTHS}|today|tomorrow"
    r"|\d+(?:st|nd|rd|th)\b|week\b|month\b|year\b|(?:19|20)\d\d\b|weekend|spring|summer|autumn|fall|winter|first|second|third)"
)
_HOUR = re.compile(
    r"(?:at|from|around|about) (?:noon|midnight|half|quarter|\d|one|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve)|\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)"
)
_PLACE = re.compile(
    r"(?:in|on|at|under|underneath|behind|near|by|inside|outside|next to|beside|above|below|between|opposite"
    r"|over|against|beneath|upstairs|downstairs|around|across|to the|with) ?"
)
_COLOURS = frozenset(
    "red blue green yellow black white brown grey gray orange purple pink silver gold beige".split()
)
_ENTITIES = frozenset(
    stem(word)
    for word in (
        "dog cat bird hamster rabbit horse pet fish parrot tortoise canary puppy kitten wife "
        "husband partner  girlfriend boyfriend son daughter child kid baby brother sister mother "
        "father mom mum dad parent grandmother  grandfather grandma grandpa aunt uncle cousin "
        "niece nephew friend neighbour neighbor boss colleague doctor  dentist teacher car bike "
        "bicycle motorcycle house flat apartment garden kitchen room phone laptop computer "
        "family team company school office"
    ).split()
)
"""What has many properties: "is" tells one of them, which replaces none but of its sort."""
_NO_FACTS = frozenset(
    "timer alarm reminder question problem point guess turn idea answer bad mistake fault".split()
)
_SAME = (
    (re.compile(r"\bwi[- ]?fi\b|\bwlan\b"), "wifi"),
    (re.compile(r"\be-?mail(?: address)?\b"), "email"),
    (re.compile(r"\b(?:tele|mobile |cell )?phone(?= number)|\bmobile(?= number)"), "phone"),
    (re.compile(r"\bfavou?rite\b"), "favourite"),
    (re.compile(r"\bcolou?r\b"), "colour"),
    (re.compile(r"\bdate of birth\b|\bbirth ?date\b"), "birthday"),
    (re.compile(r"\bpass ?word\b|\bpasscode\b"), "password"),
)
_OWNER = r"(?:my|our)"
_A = r"(?:my|our|the|a|an|his|her|their|your|this|that)"
_IS = r"(?:is|are|was|were)(?: (?:now|actually|currently|really))?"
_PUT = r"(?:parked|park|left|leave|put|hid|hide|stored|store|keep|kept|placed|stashed|laid|locked)"
_ALSO = re.compile(r"\b(?:also|too|as well|another|both|other|second)\b")
_LONGEST = 200
_NOT = re.compile(r"(?:not|never|no longer|what|who|where|how)\b")
_NO_NAME = re.compile(
    r"(?:an?|the|at|on|in|if|when|back|later|again|maybe|now|today|tomorrow|tonight|before|after|please)\b"
)
_I_AM = re.compile(r"(?:I am|I['’]m|[Tt]his is) ([A-Z]\w+(?: [A-Z]\w+)?)(?<!ish)(?<!ese)")
_NO_NAMES = frozenset(
    "african american asian australian back canadian catholic christian done european fine german happy here "
    "home hungry indian italian mexican muslim ok okay ready russian sad sorry tired ukrainian vegan "
    "vegetarian".split()
)
"""What people are, and no name."""
_NAME = re.compile(r" is [A-Z]\w+[ .!]*\Z")
"""`my dog is Rex`: what is written like a name."""
_PASSING = re.compile(r"\w+ing\Z|(?:so|very|too|really) ")
"""What is so for a moment, or a judgement."""
_FORMER = re.compile(r"\b(i|you|we|they|he|she|it)'(m|re|s|ve)\b")
_LONG = {"m": "am", "re": "are", "s": "is", "ve": "have"}


def plain(text: str) -> str:
    """The statement in lower case, contractions and spellings alike, without its stop."""
    low = " ".join(text.lower().replace("’", "'").split()).strip(" .!,;")
    low = _FORMER.sub(lambda short: f"{short[1]} {_LONG[short[2]]}", low)
    for pattern, word in _SAME:
        low = pattern.sub(word, low)
    return low


def subject(words: str) -> str:
    """A thing as people name it, in stems: "the code for my gate" and "my gate's code" are the same."""
    words = plain(words)
    if of := re.fullmatch(rf"(?:{_A} )?(.+?) (?:of|for|to|from) (.+)", words):
        words = f"{of[2]} {of[1]}"
    kept = re.sub(rf"\b{_A}\b|'s?\b", " ", words).replace("-", " ").split()
    return " ".join(map(stem, kept))


def is_entity(thing: str) -> bool:
    """Whether it is a person, an animal or the like, of which many things can be told."""
    return thing.split()[-1:] != [] and thing.rsplit(maxsplit=1)[-1] in _ENTITIES


def read(content: str) -> Fact | None:
    """What a statement tells; None if its form is not known, or it is too long to be one."""
    if len(content) > _LONGEST:
        return None
    if (found := _I_AM.fullmatch(content.strip(" .!"))) and found[1].lower() not in _NO_NAMES:
        return Fact("", "name", found[1].lower())
    text = plain(content)
    if not re.search(rf" {_IS} ", text):
        text = re.sub(r"\A((?:my|our|the)(?: \w+){1,4})'s ", r"\1 is ", text)
    fact = _told(text)
    if fact is not None and fact.aspect == "is" and is_entity(fact.subject) and _NAME.search(content):
        return Fact(fact.subject, "name", fact.value, own=fact.own)
    return fact


def _told(text: str) -> Fact | None:
    for pattern, make in _FORMS:
        if found := re.fullmatch(pattern, text):
            fact = make(found)
            if fact is not None and _ALSO.search(text):
                return Fact(fact.subject, fact.aspect, fact.value, single=False, own=fact.own)
            return fact
    return None


def _named(found: re.Match[str]) -> Fact | None:
    return None if _NOT.match(found["v"]) else Fact(subject(found["s"]), "name", found["v"])


def _own_name(found: re.Match[str]) -> Fact | None:
    return None if _NOT.match(found["v"]) or _NO_NAME.match(found["v"]) else Fact("", "name", found["v"])


def _put(found: re.Match[str]) -> Fact | None:
    if not _PLACE.match(found["v"]):
        return None
    thing = subject(found["s"] or "") or ("car" if found["verb"].startswith("park") else "")
    return Fact(thing, "place", found["v"]) if thing else None


def _is(found: re.Match[str]) -> Fact | None:
    thing, value = subject(found["s"]), found["v"]
    if not thing or _NOT.match(value) or _PASSING.match(value) or thing.split()[-1] in _NO_FACTS:
        return None
    aspect = aspect_of(value)
    single = aspect != "is" or thing.split()[-1] not in _ENTITIES
    if not single and value.split()[-1] in _COLOURS:
        aspect, single = "colour", True
    elif not single and re.match(
        r"\d+|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", value
    ):
        aspect, single = "age", True
    return Fact(thing, aspect, value, single, bool(re.search(rf"\b{_OWNER}\b|'s ", found["s"])))


def _comes(found: re.Match[str]) -> Fact | None:
    aspect = aspect_of(found["v"])
    own = bool(re.match(_OWNER, found["s"]))
    return Fact(subject(found["s"]), aspect, found["v"], own=own) if aspect in {"day", "hour"} else None


def _i(found: re.Match[str]) -> Fact | None:
    return Fact("", stem(found["verb"]) + ("" if aspect_of(found["v"]) != "day" else " day"), found["v"])


def _age(found: re.Match[str]) -> Fact | None:
    return Fact("", "age", found["v"])


def _several(found: re.Match[str]) -> Fact | None:
    verb, value = found["verb"].split()[-1], found["v"]
    if verb == "am" and not re.match(r"an? (?!bit|little|lot)", value):
        return None
    own = verb not in {"have", "own"} and not re.match(r"(?:this|that|it|you|to \w+|your)\b", value)
    return Fact("", stem(verb), value, single=False, own=own or verb in {"allergic", "afraid"})


def _moved(found: re.Match[str]) -> Fact | None:
    return Fact("", stem("live"), found["v"])


def _lives(found: re.Match[str]) -> Fact | None:
    own = bool(re.match(_OWNER, found["s"]))
    return Fact(subject(found["s"]), stem(found["verb"]), found["v"], own=own)


def aspect_of(value: str) -> str:
    """What sort of value it is: `day`, `hour`, `place`; else `is`."""
    if _DAY.match(value):
        return "day"
    if _HOUR.match(value):
        return "hour"
    return "place" if _PLACE.match(value) else "is"


_PUTS = (
    rf"(?:i|we) (?:have |had |always |usually )?(?P<verb>{_PUT})(?: (?P<s>(?:{_A} )?[\w' -]+?))??"
    rf" (?P<v>{_PLACE.pattern}\b.*)"
)
_LIVES = (
    r"(?:i|we) (?:now |currently )?(?:was |were )?(?P<verb>live|work|study|studied|born|grew up) (?P<v>.+)"
)
_LIKES = (
    r"(?:i|we) (?:really |do not |don't |also )*(?P<verb>like|love|hate|prefer|enjoy|speak|play|drink|eat|own"
    r"|have|am allergic|am afraid|am|are allergic) (?P<v>.+)"
)
_TIMES = (
    rf"(?P<s>{_A} .+?|\w+'s .+?) (?:comes?|arrives?|leaves?|starts?|begins?|departs?|opens?|closes?"
    r"|ends?|meets?|returns?|(?:is|are) (?:due|coming|arriving|leaving)|takes place) (?P<v>.+)"
)
_CALLED = (
    r"(?:i am called|i am named|(?:please |you can |just |people )*call me|i go by)"
    r" (?P<v>\w[\w'-]*(?: \w[\w'-]*)?)"
)
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fact | None]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"{_OWNER} (?:first |full |last )?name {_IS} (?P<v>.+)", _own_name),
        (_CALLED, _own_name),
        (rf"(?:the )?name of (?P<s>{_A} .+?) {_IS} (?P<v>.+)", _named),
        (rf"(?P<s>(?:{_A} )?.+?)(?:'s|s'|(?<!s)s) name {_IS} (?P<v>.+)", _named),
        (rf"(?P<s>{_A} .+?) {_IS} (?:called|named) (?P<v>.+)", _named),
        (rf"(?P<s>{_A} .+?) goes by (?:the name )?(?P<v>.+)", _named),
        (r"i have (?P<s>an? .+?) (?:called|named|whose name is) (?P<v>.+)", _named),
        (r"i call (?P<s>my .+) (?P<v>\w+)", _named),
        (_PUTS, _put),
        (r"i am (?P<v>\d+|[a-z]+(?:-[a-z]+)? years old|\d+ years old)", _age),
        (_LIVES, _i),
        (r"(?:i|we) (?:have |just |have just )?moved (?P<v>to .+)", _moved),
        (_LIKES, _several),
        (rf"(?P<s>{_A} .+?) (?P<verb>lives|live|works|studies) (?P<v>.+)", _lives),
        (_TIMES, _comes),
        (rf"(?P<s>{_A} .+?|\w+'s .+?) {_IS} (?P<v>.+)", _is),
    )
)

_LEAD = re.compile(
    r"\A(?:(?:please|do you (?:still )?(?:know|remember)|can you (?:tell me|remember)|tell me|remind me"
    r"|you know"
    r"|what (?:did|have) i (?:tell|told) you about|what i (?:said|told you) about|everything about|all about"
    r"|about|that|of|again) )+"
)
_TAIL = re.compile(r"(?: (?:now|again|currently|these days|nowadays|please|pls|dear|love|then|once more))+\Z")
_WHERE = re.compile(rf"(?:where )?(?:(?:did|do|have|had) )?(?:i|we) (?P<verb>{_PUT})(?: (?P<s>.+))?")
_COMES = re.compile(
    r" (?:coming|come|comes|arriving|arrive|arrives|start|starts|leaving|leave|leaves|due|open|close)\Z"
)
_NAME_OF = re.compile(
    rf"(?:the )?name of (?P<s>.+)|(?P<t>{_A} .+?)(?:'s|s'|(?<!s)s) name|(?P<u>.+?) (?:called|named)"
)
_SELF = {
    "name": ("name",),
    "i called": ("name",),
    "who i": ("name",),
    "i": ("name",),
    "age": ("age",),
    "old i": ("age", f"{stem('born')} day"),
    "i live": (stem("live"),),
    "i work": (stem("work"),),
    "i born": (stem("born"), f"{stem('born')} day"),
    "i study": (stem("study"),),
    "i allergic to": (stem("allergic"),),
}
"""What is asked about the user, without the words of asking."""


def asked(query: str) -> tuple[str, tuple[str, ...]] | None:
    """Of which thing a question, a statement or a name asks, and which aspects (none named: any)."""
    if len(query) > _LONGEST:
        return None
    text = _LEAD.sub("", f"{_TAIL.sub('', plain(query).strip(' ?'))} ").strip()
    if (fact := _told(text)) is not None and not text.startswith(("where", "when", "what", "who")):
        return fact.subject, (fact.aspect,)
    if found := _WHERE.fullmatch(text):
        thing = subject(found["s"] or "") or ("car" if found["verb"].startswith("park") else "")
        return (thing, ("place",)) if thing else None
    text, wh = _without_question(text)
    if own := _SELF.get(text):
        return "", own
    if found := _NAME_OF.fullmatch(text):
        thing = subject(found["s"] or found["t"] or found["u"])
        return (thing, ("name",)) if thing else None
    thing = subject(_COMES.sub("", text) if wh == "when" else text)
    return (
        (thing, {"where": ("place",), "when": ("day", "hour", "is"), "who": ("name",)}.get(wh, ()))
        if thing
        else None
    )


def _without_question(text: str) -> tuple[str, str]:
    """What is asked for, without the words of asking; and `where`, `when` or the like."""
    found = re.match(
        r"(what|where|when|who|which|how)(?:'s| is| are| was| were| do| does| did| am|)\b ?", text
    )
    rest = text[found.end() :] if found else text
    rest = re.sub(r"\b(?:am|is|are|was|did|do|does)\b ?", "", rest)
    rest = re.sub(r"\bmy (own )?(name|age)\Z", r"\2", rest).strip()
    return rest, found[1] if found else ""
