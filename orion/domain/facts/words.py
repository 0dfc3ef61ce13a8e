"""The words of a note that tell something, by their stems: "where did I park" meets "I parked the car".

English: endings are cut, and irregular verbs are known by their first form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORMS = """
be was were been; become became; begin began begun; bind bound; bite bit bitten; blow blew blown;
break broke broken; bring brought; build built; burn burnt; buy bought; catch caught; choose chose
chosen; come came; cost; cut; deal dealt; dig dug; do did done; draw drew drawn; dream dreamt; drink
drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought;
find found; fly flew flown; forget forgot forgotten; freeze froze frozen; get got gotten; give gave
given; go went gone; grow grew grown; hang hung; have had; hear heard; hide hid hidden; hit; hold
held; hurt; keep kept; know knew known; lay laid; lead led; learn learnt; leave left; lend lent; lie
lain; light lit; lock; lose lost; make made; marry; mean meant; meet met; pay paid; put; read; ride
rode ridden; ring rang rung; rise rose risen; run ran; say said; see saw seen; sell sold; send sent;
set; shake shook shaken; shoot shot; shut; sing sang sung; sit sat; sleep slept; speak spoke spoken;
spend spent; stand stood; steal stole stolen; stick stuck; swim swam swum; take took taken; teach
taught; tell told; think thought; throw threw thrown; understand understood; wake woke woken; wear
wore worn; win won; write wrote written; child children; person people; tooth teeth; foot feet; wife
wives; knife knives; shelf shelves
"""
_FIRST = {form: words[0] for words in map(str.split, _FORMS.split(";")) for form in words}
_ALL = {words[0]: words for words in map(str.split, _FORMS.split(";"))}
_STOP = frozenset(
    "a about again all also am an and any anything are as ask asked at be been being by can could "
    "did do does each for from had has have he her him his how i if in is it its just knew know me "
    "mine my myself no not now of off on or our ours out over please remember remind said say saying "
    "she should so some something tell than that the their them then there these they this those to "
    "told too under up us was we were what when where which who whom whose why will with would you "
    "your yours".split()
)
_GENERIC = frozenset("call name number thing".split())
"""What many notes have: alone it shows no kinship."""
_WORD = re.compile(r"\w+")
_ENDINGS = ("ings", "ing", "ies", "ied", "ed", "es", "s", "y", "e")


def stem(word: str) -> str:
    """The word without its ending; an irregular form as its first one."""
    word = _FIRST.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt"
    return word[:-1] if doubled else word


def telling(text: str) -> frozenset[str]:
    """The stems of the words that tell something."""
    plain = text.lower().replace("’", "'").replace("'s", "").replace("'", "")
    return frozenset(stem(word) for word in _WORD.findall(plain) if word not in _STOP)


def with_forms(query: str) -> str:
    """The query with the other forms of its irregular verbs, for a search that knows regular ones."""
    known = [_FIRST.get(word, "") for word in _WORD.findall(query.lower()) if word not in _STOP]
    return " ".join([query, *(form for first in known for form in _ALL.get(first, ()))])


def all_in(query: str, contents: Iterable[str]) -> list[str]:
    """The contents that have all telling words of the query."""
    wanted = telling(query)
    return [content for content in contents if wanted and wanted <= telling(content)]


def only_generic(query: str, content: str) -> bool:
    """Whether only what many notes have joins the two: "my cat's name", "my dog's name is Bello"."""
    wanted, found = telling(query), telling(content)
    specific = wanted - _GENERIC
    akin = any(a[:4] == b[:4] for a in specific for b in found - _GENERIC if min(len(a), len(b)) >= 4)
    return bool(specific and wanted & found & _GENERIC) and not akin and not specific & found
