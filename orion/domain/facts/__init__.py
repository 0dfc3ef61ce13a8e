"""What users tell about themselves: what is a statement, which other it replaces, which a question means.

Rules over the words of an English sentence, without a model. A statement whose subject and aspect are those
of an older one replaces it: there is one wifi password, one place of the car, one name of the dog. What can
be several (what somebody likes, what the dog is allergic to) replaces nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orion.domain.facts.reading import Fact, asked, aspect_of, is_entity, plain, read
from orion.domain.facts.words import all_in, only_generic, telling, with_forms

__all__ = [
    "Fact",
    "about",
    "all_in",
    "bare",
    "corrected",
    "has_pronoun",
    "is_request",
    "meant",
    "only_generic",
    "read",
    "statement",
    "supersedes",
    "telling",
    "with_forms",
]

_ASIDE = (
    r"by the way|btw|just so you know|so you know|just for your information|for your information|fyi"
    r"|for the record|for later|please|pls|plz|thanks|thx|thank you|okay|ok|oh|well|so|also|and|hey|hi"
    r"|hello|dear"
    r"|actually|listen"
)
_ASKING = r"(?:(?:please|can you|could you|will you|would you|you should|i want you to|you can|just) )*"
_KEEP = (
    rf"{_ASKING}(?:remember|memori[sz]e|(?:don'?t|do not|never|not to) forget"
    r"|(?:note|write)(?: down)?(?= that|:)|(?:write|jot) down|note to (?:self|myself)|for your notes"
    r"|(?:keep|bear) (?:this |that |it )?in mind|(?:make|take) a note(?: of| for me)?"
    r"|(?:store|save)(?= that))"
)
_KEEP_THAT = (
    rf"{_ASKING}(?:(?:remember|note|memori[sz]e|store|save|(?:don'?t|do not|never) forget"
    r"|(?:make|take) a note of) (?:that|this|it)|(?:keep|bear) (?:that|this|it) in mind"
    r"|write (?:that|this|it) down)"
)
_LEADING = re.compile(
    rf"(?:(?:{_ASIDE})[\s,.!:]+|{_KEEP}(?: the fact)?(?: that| this(?=:)|:|,)*\s+)", re.IGNORECASE
)
_TRAILING = re.compile(
    rf"[\s,.;!]+(?:and )?(?:{_ASIDE}|{_KEEP_THAT}(?: for me)?(?: for later)?|for me)[\s.!?]*\Z|[\s.!,;]+\Z",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(rf"(?:{_ASIDE})[\s,.!:]+", re.IGNORECASE)
_REQUEST = re.compile(rf"{_KEEP}\b", re.IGNORECASE)
_REQUESTED = re.compile(rf"\b{_KEEP_THAT}\b", re.IGNORECASE)
_TAIL_CHARS = 80
_POINTS = re.compile(
    rf"(?:{_KEEP_THAT}|that|this|it|them|in mind|so|something|anything|one thing|a thing"
    r"|(?:the|that|this) (?:result|answer|sum|number|thing|one|last one|fact))?\Z",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:what|where|when|who|whom|whose|why|which|how|is|are|was|were|do|does|did|can|could|will|would"
    r"|should)\b",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(r"(?:no|nope|yes|yeah|sorry|wait|wrong|right|actually|okay|ok)\W*\Z", re.IGNORECASE)
_ALSO_ASKS = re.compile(
    r"\b(?:and|then)(?: also| then| please)? (?:set|start|tell|remind|wake|what|how|where|when|call|cancel"
    r"|stop|ask|give|make|hand|calculate|convert|add|show)\b",
    re.IGNORECASE,
)
"""A second request behind the statement."""
_ASKS_BEHIND = re.compile(
    r"[\s,.;]+(?:(?:and|so|but|then) )?(?:what(?:'?s)? (?:time|is|that|day|weekday)"
    r"|how (?:many|much|long|far|old)|(?:when|where|what)(?:'?s| is| was| will)"
    r"|is it (?:too|already|still))\b",
    re.IGNORECASE,
)
"""A question behind the statement, with or without a comma."""
_KEEPS_NOTHING = re.compile(
    r"\W*(?:please |just )*(?:do not|don'?t|never|no need to|you do not have to|you don'?t have to)"
    r" (?:remember|save|store|note|keep|record|write)(?: down)?"
    r" (?:this|that|it|these|any|anything|my|what i)\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"(?:(?:no|nope|that's wrong|that is wrong|sorry|wait|oops|actually|correction"
    r"|i (?:mean|meant))[\s,.!]+)*"
    r"(?:it(?:'s| is| was)|its|that(?:'s| is)|they(?:'re| are)|he(?:'s| is)|she(?:'s| is)|make (?:it|that)"
    r"|i (?:mean|meant)|(?:he|she|it) is)?\s*(?:called |named |actually |now )*",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:in|on|at|under|behind|near|by|inside|outside|next to|beside)\b ?", re.IGNORECASE
)


_PRONOUN = re.compile(r"\b(?:it|its|it's|that's|that|they|they're|he|he's|she|she's)\b", re.IGNORECASE)


def bare(said: str) -> str:
    """The statement without the request to keep it and without asides; empty if nothing else is left."""
    text, before = " ".join(said.replace("’", "'").split()), None
    while before != text:
        before = text
        text = text[found.end() :] if (found := _LEADING.match(text)) else text
        text = text[:-_TAIL_CHARS] + _TRAILING.sub("", text[-_TAIL_CHARS:])
    return "" if _POINTS.match(text) else text


def statement(said: str) -> str | None:
    """What the user states about themselves, or wants to have kept, bare; None if it is neither.

    "My name is Sarah by the way" is "My name is Sarah". What is stated about other things is kept on
    request.
    """
    text = bare(said)
    wanted = is_request(said)
    text = text.rstrip(" ?") if wanted else text
    if len(text.split()) < 2 or _QUESTION.match(text) or _ALSO_ASKS.search(text) or "?" in text:
        return None
    if _KEEPS_NOTHING.match(said) or (not wanted and _ASKS_BEHIND.search(text)):
        return None
    fact = read(text)
    return text if wanted or (fact is not None and fact.own) else None


def keeps_nothing(said: str) -> bool:
    """Whether the user wants that something is not kept: "don't remember this"."""
    return _KEEPS_NOTHING.match(said) is not None


def is_request(said: str) -> bool:
    """Whether something is asked to be remembered: "remember that ...", "..., keep that in mind"."""
    text, before = " ".join(said.replace("’", "'").split()), None
    while before != text:
        before, text = text, _LEAD_IN.sub("", text)
    return bool(_REQUEST.match(text) or _REQUESTED.search(text[-_TAIL_CHARS:]))


def supersedes(new: str, old: str) -> bool:
    """Whether the new statement says otherwise, or again, what the old one says."""
    if plain(new) == plain(old):
        return True
    after, before = read(new), read(old)
    if after is None or before is None or not (after.single and before.single):
        return False
    return (after.subject, after.aspect) == (before.subject, before.aspect)


def corrected(content: str, said: str) -> str | None:
    """The statement as the user corrects it; None if what was said is no other value.

    ("my wifi password is tulip42", "no, it's tulip43") is "my wifi password is tulip43".
    """
    fact, told = read(content), _OTHERWISE.match(said.strip())
    value = said.strip()[told.end() if told else 0 :].strip(" .!,")
    if (whole := statement(value)) is not None:
        return whole
    start = content.lower().rfind(fact.value) if fact is not None else -1
    if fact is None or start < 0 or not value or _NO_VALUE.match(value):
        return None
    if "?" in said or len(value.split()) > 8:
        return None
    kept = _PREPOSITION.match(fact.value)
    lead = kept[0] if kept and not _PREPOSITION.match(value) else ""
    return f"{content[:start]}{lead}{value}"


def about(query: str, contents: Iterable[str]) -> list[str]:
    """The statements that a question, or the name of a thing, means by their subject, in their order.

    The bare name of a person, an animal or the like means what is told of theirs, too.
    """
    wanted = asked(query)
    if wanted is None:
        return []
    subject, aspects = wanted
    found = [(content, fact) for content in contents if (fact := read(content)) is not None]
    if not aspects and is_entity(subject):
        return [content for content, fact in found if subject in fact.subject.split()]
    return [
        content
        for content, fact in found
        if fact.subject == subject and (not aspects or fact.aspect in aspects)
    ]


def meant(said: str, contents: Iterable[str]) -> str | None:
    """The statement that "it's on the 13th" corrects: the first whose value is of that sort."""
    found = _OTHERWISE.match(said.strip())
    if found is None or not _PRONOUN.search(found[0]):
        return None
    aspect = aspect_of(plain(said.strip()[found.end() :]))
    return next((content for content in contents if (fact := read(content)) and fact.aspect == aspect), None)


def has_pronoun(said: str) -> bool:
    """Whether the subject is only pointed at: "it's on the 13th"."""
    found = _OTHERWISE.match(said.strip())
    return found is not None and _PRONOUN.search(found[0]) is not None
