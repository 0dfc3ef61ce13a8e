"""What people do with words beside asking for a tool: yes, no, cancel, repeat, help, thanks, insults."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from itertools import islice

from orion.domain import facts
from orion.domain.text.said import plain
from orion.providers.offline import in_need


class Act(StrEnum):
    """A dialogue act that needs no tool."""

    YES = "yes"
    NO = "no"
    WRONG = "wrong"
    CANCEL = "cancel"
    REPEAT = "repeat"
    HELP = "help"
    THANKS = "thanks"
    PRAISE = "praise"
    GREETING = "greeting"
    GOODBYE = "goodbye"
    HOW_ARE_YOU = "how_are_you"
    WHO_ARE_YOU = "who_are_you"
    ARE_YOU_THERE = "are_you_there"
    ARE_YOU_HUMAN = "are_you_human"
    HOW_OLD = "how_old"
    WHERE_FROM = "where_from"
    WHO_MADE_YOU = "who_made_you"
    OPINION = "opinion"
    KEEPS_NOTHING = "keeps_nothing"
    FEELS_BAD = "feels_bad"
    FEELS_GOOD = "feels_good"
    INSULT = "insult"
    DISTRESS = "distress"
    EMERGENCY = "emergency"
    UNDO = "undo"
    LANGUAGE = "language"
    ASKS_TO_ASK = "asks_to_ask"
    ACKNOWLEDGEMENT = "acknowledgement"


ABOUT_THE_AGENT = frozenset(
    {Act.ARE_YOU_HUMAN, Act.HOW_OLD, Act.WHERE_FROM, Act.WHO_MADE_YOU, Act.OPINION, Act.INSULT}
)
"""No tool is asked for with these, unless with the very words of an example."""
_POLITE = r"(?:(?:please|okay|well|oh|hey|so|and|actually|excuse me|orion) )*"
_END = r"(?: (?:please|thanks|thank you|orion|then|now|today|again))*"
_AGREED = (
    r"(?:yes|yeah|yep|yup|sure|of course|right|correct|exactly|do it|go ahead|that is right|absolutely"
    r"|definitely)"
)
_VERY = (
    r"(?:(?:so|really|such|an?|the|very|totally|completely|just|quite|all|pretty|kind|of|bit|too|feeling"
    r"|little) )*"
)
_BAD = (
    r"(?:useless|stupid|dumb|idiots?|idiotic|terrible|awful|horrible|bad|worst|annoying|garbage|trash|crap"
    r"|rubbish|shit"
    r"|moron|hopeless|pathetic|ridiculous|incompetent|worthless|no (?:help|good|use)|not (?:very |much )?"
    r"(?:helpful|smart|good|help)|frustrating|confusing|slow|silly|ugly|joke)"
)
_SAD = (
    r"(?:sad|lonely|alone|unhappy|depressed|tired|bored|sick|ill|angry|upset|stressed|anxious|scared|afraid"
    r"|exhausted"
    r"|miserable|down|hopeless|overwhelmed|heartbroken|worried|nervous|frustrated|unwell)"
)
_BYE = (
    r"(?:good ?bye|bye|bye bye|see (?:you|ya)(?: later| soon| tomorrow)?|good night|farewell|take care"
    r"|have a (?:good|nice) \w+)"
)
_DONE = (
    r"(?:(?:i think )?that (?:is|will be|would be) (?:all|it|everything)(?: (?:for (?:now|today)"
    r"|i need(?:ed)?|from me))?)"
)
_PATTERNS: tuple[tuple[Act, str], ...] = (
    (
        Act.UNDO,
        r"undo(?: (?:that|it|this|the last (?:1|one|thing)))?|take (?:that|it) back|scratch that",
    ),
    (
        Act.CANCEL,
        (
            r"(?:no )?(?:wait )?(?:cancel(?: that| it)?|never ?mind|forget (?:it|about it)"
            r"|stop(?: (?:stop|that|it|now|please|already|right there))*|stop talking|be quiet|quiet"
            r"|hush|(?:(?:can|let) (?:we|us) )?start (?:over|again)"
            r"|leave it|no thank(?:s| you)|(?:stop )?that is enough)(?: please)?"
        ),
    ),
    (
        Act.REPEAT,
        (
            r"(?:sorry )?(?:(?:(?:can|could|would|will) you )?(?:please )?"
            r"(?:(?:a (?:bit|little) )?(?:slower|louder|more slowly)"
            r"|(?:what )?(?:that was |you are |not )?(?:too|so) fast|repeat"
            r"(?: that| it| yourself| what you(?: just)? said)?(?: (?:slower|slowly|louder|more slowly))?"
            r"|say (?:that|it)(?: (?:again|1 more time|once more|slower|slowly|louder|more slowly)){1,2}"
            r"|speak (?:up|louder|slower|more slowly))"
            r"(?: for me)?"
            r"|what (?:did you(?: just)? say|were you saying|was the last thing you said)"
            r"|what (?:was|is) that|pardon(?: me)?|come again|say again|(?:once|1 time) more|1 more time"
            r"|i (?:(?:did not|could not|do not|can not) (?:hear|catch|get|understand)|missed) (?:you|that"
            r"|it)|what|huh|sorry)"
        ),
    ),
    (
        Act.HELP,
        (
            r"(?:i need )?(?:some )?help(?: me)?|(?:can|could) you help(?: me)?|how can you help(?: me)?"
            r"|what (?:else )?can you do(?: for me)?|what (?:else )?can i (?:say|ask"
            r"|do)(?: to)?(?: you)?(?: here)?|how does this work|what do you do"
            r"|what (?:sort|kind)s? of (?:things|stuff) can you (?:do|help(?: me)? with)"
            r"|what are you able to do|what are your (?:skills|abilities|features)"
        ),
    ),
    (
        Act.WHO_ARE_YOU,
        (
            r"(?:and )?who are you|what is your name|what are you|what (?:should|can|do) i call you"
            r"|do you have a name"
            r"|introduce yourself|tell me (?:about yourself|your name|who you are)|who am i (?:talking"
            r"|speaking) (?:to|with)"
        ),
    ),
    (
        Act.HOW_ARE_YOU,
        (
            r"(?:hello |hi )?(?:how are you(?: doing| feeling)?(?: (?:today|this morning|dear|love))?"
            r"|how (?:r|are) (?:u|ya|you)|how do you do|how is it going"
            r"|how are things|what is up"
            r"|how have you been|how (?:is|was) your day(?: going| been)?|are you (?:okay|all right|well))"
        ),
    ),
    (
        Act.ARE_YOU_THERE,
        (
            r"(?:hello )?(?:are you (?:still )?(?:there|listening|awake|online)|(?:can|do) you hear me"
            r"|is anybody there)"
        ),
    ),
    (
        Act.ARE_YOU_HUMAN,
        (
            rf"are you {_VERY}(?:real |human |living |actual |chat ?|virtual )?(?:real|human|person|people"
            rf"|robot|machine"
            r"|computer|program|ai|bot|alive|conscious|man|woman|girl|boy|chatgpt|siri|alexa"
            r"|assistant)(?: .*)?"
        ),
    ),
    (
        Act.HOW_OLD,
        (
            r"how old are you|what is your age|when (?:were you (?:born|made|built)"
            r"|is your birthday)"
        ),
    ),
    (
        Act.WHERE_FROM,
        (
            r"where (?:are you(?: (?:from|located|right now))?|do you (?:live|come from)|were you (?:born"
            r"|made))"
        ),
    ),
    (Act.WHO_MADE_YOU, r"who (?:made|built|created|programmed|invented|wrote|owns|trained) you"),
    (
        Act.OPINION,
        (
            r"(?:do|did|can|could|would|will|are) you (?:like|love|hate|feel|sleep|eat|dream|believe|enjoy"
            r"|prefer|drink|cry"
            r"|laugh|marry|think|miss|get (?:tired|bored|lonely)|hungry|happy|sad|tired|bored|lonely"
            r"|married|single)\b.*"
            r"|what (?:is|are) your (?:favou?rite|opinions?|hobb(?:y|ies)|thoughts?|dreams?|plans?|view"
            r"|star sign)\b.*"
            r"|what do you (?:think|like|love|believe|feel|want|eat|wear|look like)\b.*"
            r"|what are you wearing|i love you"
            r"|do you have (?:feelings|friends|a (?:family|soul|girlfriend|boyfriend|body|brain|face"
            r"|dream))\b.*"
        ),
    ),
    (
        Act.FEELS_BAD,
        (
            rf"i (?:am|feel|have been|was) {_VERY}{_SAD}(?: .*)?|i (?:had|am having|have) {_VERY}"
            r"(?:terrible|bad|awful|rough|hard|horrible|tough) (?:day|time|week|night|morning|year)(?: .*)?"
            r"|(?:today|this) (?:was|is) a (?:terrible|bad|awful|rough|hard|horrible|tough) day"
        ),
    ),
    (
        Act.FEELS_GOOD,
        (
            rf"i (?:am|feel) {_VERY}(?:happy|great|fine|good|excited|glad|well|okay|doing (?:well|fine"
            rf"|great|good))"
            r"(?: (?:thanks?|thank you|and you|how about you|what about you))*|i (?:had"
            r"|am having) a (?:great|good|nice) day"
        ),
    ),
    (
        Act.INSULT,
        (
            rf"(?:oh |wow |man |god )?(?:you|this|that|it|orion) (?:are|is|was) {_VERY}{_BAD}(?: .*)?"
            rf"|you {_VERY}{_BAD}(?: .*)?"
            r"|you suck\b.*|(?:fuck|screw|damn) (?:you|off|it|this|that)\b.*|shut (?:up|the fuck up)\b.*"
            r"|i hate (?:you|this|it)"
            rf"|{_VERY}(?:stupid|dumb|useless|idiotic) (?:bot|machine|thing|robot|computer|assistant"
            rf"|program|ai|agent|piece)\b.*"
            r"|what the (?:hell|fuck|heck)\b.*|go to hell|idiot|moron|bullshit|you (?:do not"
            r"|never) (?:understand|get)"
            r" (?:anything|it|me)|(?:can|do) you do anything(?: right| at all)?|you are not listening"
        ),
    ),
    (
        Act.PRAISE,
        (
            rf"(?:good|great|nice|excellent) (?:job|work|bot|answer)|well done|you are {_VERY}(?:great|best"
            rf"|awesome|amazing"
            r"|helpful|good|smart|clever|nice|kind|cool|wonderful|sweet|funny|star)(?: .*)?|i like you"
            r"|you rock|you did well"
        ),
    ),
    (
        Act.THANKS,
        (
            r"(?:many |okay |great |perfect )?(?:thanks|thank you|cheers)(?: (?:very|so) much| a (?:lot"
            r"|bunch|million)"
            r"| again| for (?:your|the|that|all|everything)\b.*| anyway| orion| kindly)*|much appreciated"
            r"|i appreciate (?:it|that)"
            r"|that is (?:great|perfect|nice|helpful|very (?:kind|nice|helpful))"
        ),
    ),
    (
        Act.GOODBYE,
        (
            rf"(?:(?:no|thanks|thank you|okay|great|all right|well|perfect|cool|good) )*(?:{_DONE}|{_BYE}"
            rf"|i am done(?: here)?"
            rf"|nothing else|no more|i have to go)(?: (?:{_BYE}|thanks|thank you|for (?:now|today)|then"
            rf"|so much|very much))*"
        ),
    ),
    (
        Act.GREETING,
        (
            r"(?:(?:hello|hi|hey|hiya|greetings|howdy|good (?:morning|afternoon|evening|day))"
            r"(?: (?:there|again|everyone|everybody|my friend|orion|dear|love))?(?: |\Z))+(?:(?:nice"
            r"|pleased"
            r"|good) to meet you)?"
            r"|(?:it is )?(?:nice|pleased|good) to meet you(?: too)?"
        ),
    ),
    (Act.YES, rf"{_AGREED}(?: {_AGREED}){{0,2}}(?: please)?"),
    (
        Act.NO,
        (
            r"(?:no|nope|nah|not really)"
            r"(?: (?:no|not (?:yet|now)|(?:please )?do not(?: do (?:it|that))?))?"
            r"|not (?:yet|now)|(?:please )?do not(?: do (?:it|that))?"
        ),
    ),
    (
        Act.WRONG,
        r"(?:no )?(?:wrong|that is (?:wrong|not right|not what i (?:said|meant|asked|wanted)(?: for)?))",
    ),
    (
        Act.LANGUAGE,
        r"(?:what|which) languages? (?:do|can) you speak|(?:do|can) you speak \w+",
    ),
    (
        Act.ASKS_TO_ASK,
        r"i have (?:a|another) (?:question|request)|can i ask (?:you )?(?:something|a question)|listen",
    ),
    (
        Act.ACKNOWLEDGEMENT,
        (
            r"(?:okay|all right|mhm|uh huh|aha|i see|fine|good|great|nice|cool|got it|hm+|u[hm]+|awesome"
            r"|perfect|wow"
            r"|interesting|understood|ha(?: ?ha)*|lol|makes sense|really|whatever|no problem|wonderful)"
        ),
    ),
)
_COMPILED = tuple((act, re.compile(rf"{_POLITE}(?:{pattern}){_END}\Z")) for act, pattern in _PATTERNS)
_LEADING = re.compile(
    r"(?:(?:no|nope|sorry|oops|wait|actually|i mean(?:t)?|i said|correction|rather|hmm|make (?:that|it)"
    r"|change (?:that|it) to|not [\w']+,? (?:but )?|instead)[ ,.:;-]+)+(?=\S)"
)
_INSTEAD = re.compile(r"[ ,]+(?:instead|(?:would be|is|works) better)\W*\Z", re.IGNORECASE)
_PLEASANTRY = re.compile(
    r"(?:(?:thank you|thanks|hello|hi|hey|good (?:morning|afternoon|evening)|all ?right|okay|ok|great|fine"
    r"|perfect|well|oh|wow|excuse me|sorry|hang on|hold on|(?:a )?quick question|by the way|yo)\b[ ,.!]+"
    r"(?:(?:(?:and[ ,]+)?(?:now|so)|then)\b[ ,]+)*)+(?=\S)"
)
_TAKES_BACK = re.compile(r"\bcancel (?:it|that)\b")
_TAKES_BACK_AT_ONCE = re.compile(r"\b(?:cancel|stop|forget) (?:it|that)\b")
_GIVES_UP = re.compile(r"(?:no[ ,]+)?(?:never ?mind|forget (?:it|about it)|leave it)\b")
_FOLLOW_UP = re.compile(
    r"(?:(?:okay|ok|so|oh)[ ,]+)?(?:and(?: (?:what|how) about| then)?|(?:what|how) about|what if"
    r" (?:it (?:is|was)|there (?:are|were)|we (?:are|were))|or)"
    r"[ ,]+(?:with (?=\d)|(?:another )?one (?=(?:for|in|at|of|to|about|with)\b))?(?=\S)"
)
_AND = re.compile(
    r"(?:,?\s+and\s+(?:also\s+|please\s+)?|[.?!;]\s+(?:and\s+|then\s+|also\s+)?)(?!an? (?:half|quarter)\b)",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(r"^\W*(?:(?:and|then|also)\b[\s,]*)+", re.IGNORECASE)
_MOST_ANDS = 6
"""Each is a place where two requests may meet, and costs two looks at the router."""
_CLAUSES = re.compile(
    r"[,.?!;]?\s+(?:and then|and after that|after that|then|and also|and afterwards|afterwards"
    r"|plus also)[\s,]+",
    re.IGNORECASE,
)


def recognise(text: str) -> Act | None:
    """The act that the whole of `text` is; None if it is something else."""
    form = plain(text)
    if in_need.distress(form):
        return Act.DISTRESS
    if in_need.emergency(form):
        return Act.EMERGENCY
    if facts.keeps_nothing(text):
        return Act.KEEPS_NOTHING
    found = (act for one in (form, request(form)) for act, pattern in _COMPILED if pattern.match(one))
    return next(found, None)


def correction(text: str) -> str | None:
    """What follows a `no, ...`; None if the text is no correction."""
    match = _LEADING.match(text.lower())
    rest = text[match.end() :] if match else text
    shorter = _INSTEAD.sub("", rest)
    return shorter if match or shorter != rest else None


def takes_back(text: str, *, at_once: bool) -> bool:
    """Whether it calls off what was done, by a word that points at it: `cancel it`, `stop it`."""
    return (_TAKES_BACK_AT_ONCE if at_once else _TAKES_BACK).search(plain(text)) is not None


def gives_up(text: str) -> bool:
    """Whether it begins by calling off what was asked for, whatever reason follows."""
    return _GIVES_UP.match(text.lower()) is not None


def request(text: str) -> str:
    """What is asked for, without the thanks, the greeting or the `all right, then` before it."""
    match = _PLEASANTRY.match(text.lower())
    return text[match.end() :] if match else text


def follow_up(text: str) -> str | None:
    """What follows `and ...` or `what about ...`; None if the text does not go on from the last answer."""
    match = _FOLLOW_UP.match(text.lower())
    return text[match.end() :] if match else None


def without_and(text: str) -> str:
    """The text without an `and then` before it."""
    return _LEADING_AND.sub("", text) or text


def clauses(text: str) -> list[str]:
    """The parts of `do this, and then that`, in order."""
    return [part.strip() for part in _CLAUSES.split(text) if part.strip()]


def conjuncts(text: str, apart: Callable[[str, str, str], bool]) -> list[str]:
    """The parts of `this and that` where `apart(whole, this, that)` says so; else the whole text."""
    for match in islice(_AND.finditer(text), _MOST_ANDS):
        before, after = text[: match.start()].strip(), text[match.end() :].strip()
        if before and after and apart(text, before, after):
            return [before, *conjuncts(after, apart)]
    return [text]
