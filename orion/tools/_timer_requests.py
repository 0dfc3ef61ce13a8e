"""What people say about timers: which sentences set, change, list or cancel one, and what they tell.

All read the whole sentence, in its plain form; what is not read for sure is None, so that others may have it.
"""

from __future__ import annotations

import re

from orion.domain.text.said import Said, normal

Told = dict[str, str]

_LEAD = (
    r"(?:(?:please|okay|ok|hey|hi|hello|so|and|also|then|now|oh|um|uh|well|right|actually|wait|no|sorry"
    r"|just|orion"
    r"|can you|could you|would you|will you|can i|could i|can we|may i|let us|let me"
    r"|i want(?: you)?(?: to)?"
    r"|i would like(?: you)?(?: to)?|i need(?: you)?(?: to)?|i have to|you can|go ahead and|quick"
    r"|quickly|kindly) )*"
)
_TAIL = (
    r"(?: (?:please|pls|thanks|thank you|now|for me|then|orion|love|dear|okay|ok|again|right away"
    r"|from now))*"
)
_COUNT = r"(?:\d+(?:\.\d+)?|half an?|an?)"
_UNIT = r"(?:second|minute|hour|day|week)s?"
_FOR = rf"{_COUNT} {_UNIT}(?:(?: and)? {_COUNT} {_UNIT})*(?:(?<=hour|ours) \d\d?(?=\Z| timer| please))?"
_D = rf"(?P<duration>{_FOR})"
_DAY = (
    r"(?:today|tonight|tomorrow|the day after tomorrow|(?:(?:on|next|this) )*"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
_HALF = r"(?:(?:in the |this |at )?(?:morning|afternoon|evening|night))"
_CLOCK = (
    r"(?:half \d{1,2}|\d{1,2}:\d\d(?: [ap]m)?"
    r"|(?<!\d )\d{1,2}(?! (?:second|minute|hour|day|week|more|percent|people)))"
)
_TIME = rf"(?:{_DAY} )?(?:{_HALF} )?(?:(?:at|for|by|around|about) )?{_CLOCK}(?: {_DAY})?(?: {_HALF})?"
_T = rf"(?P<time>{_TIME})"
_RINGS = r"(?:timer|countdown|count down)"
_KIND = r"(?P<kind>(?:timer|alarm|reminder|countdown)s?)"
_SET = r"(?:set|start|begin|make|give me|run|put on|put|create|add|do|get me|have|stick on|want|need) "
_A = r"(?:(?:up|on|a|an|the|my|another|1|new|me|us|quick|second|other) )*"
_NAME = r"(?P<name>(?!(?:the|my|a|an|for|to)\b)[a-z][\w']*(?: (?!its\b)[a-z][\w']*)?)"
_NO_NAME = frozenset(
    "set start begin make give put add do a an the my another new me timer timers alarm reminder "
    "countdown for of "
    "in on at to cancel stop change move how what which when is it that minute minutes second "
    "seconds hour hours "
    "please and or not no yes more longer any all every last first next this left one ones".split()
)
_ABOUT = r"(?:to|that|about|i (?:have|need) to) (?P<about>.+?)"
_SETS = tuple(
    re.compile(rf"{_LEAD}{pattern}{_TAIL}\Z")
    for pattern in (
        rf"(?:{_SET})?{_A}(?:{_NAME} )?{_RINGS}(?: for| of| at| to| from| with| in)? {_D}",
        (
            rf"(?:{_SET})?{_A}{_RINGS} (?:for|called|named|on)"
            rf" (?:the |my |our )?{_NAME}(?: its| it is)?(?: for| of| in)? {_D}"
        ),
        (
            rf"(?:{_SET})?{_A}{_RINGS}(?: for| of)? {_D} (?:for|called|named|on|and call it|and name it)"
            rf" (?:the |my |our )?{_NAME}"
        ),
        rf"(?:{_SET})?{_A}{_D}(?: {_NAME})? {_RINGS}",
        rf"(?:{_SET})?{_A}{_D} {_RINGS} (?:for|called|named) (?:the |my |our )?{_NAME}",
        rf"(?:{_SET}){_A}{_D} (?:on the clock|for (?:the |my |our )?{_NAME})",
        rf"(?:{_SET})?{_A}alarm (?:in|for) {_D}",
        rf"(?:{_SET})?(?:another(?: 1| one)?|1 more|one more) (?:for|of) {_D}(?: for (?:the |my )?{_NAME})?",
        rf"(?:count(?: me)? down|time)(?: me)?(?: for| from)? {_D}",
        (
            rf"(?:tell|let|ping|warn|alert|notify|wake|buzz|call|beep|ring)(?: me)?(?: up| know)? (?:in"
            rf"|after) {_D}(?: from now)?"
        ),
        (
            rf"(?:tell me|let me know|ping me|warn me|alert me) when {_D} (?:are|is|have|has) (?:over|up"
            rf"|gone|passed)"
        ),
        rf"(?:remind me|(?:set |add )?(?:a )?reminder) (?:again )?in {_D}(?: {_ABOUT})?",
        rf"(?:remind me|(?:set |add )?(?:a )?reminder) {_ABOUT} in {_D}",
        rf"in {_D} remind me(?: {_ABOUT})?",
    )
)
_WAKES = tuple(
    re.compile(rf"{_LEAD}{pattern}{_TAIL}\Z")
    for pattern in (
        rf"(?:{_SET})?{_A}(?:{_NAME} )?alarm(?: clock)? (?:(?:for|at|to|on) )?{_T}",
        rf"(?:{_SET})?{_A}{_T} alarm",
        rf"(?:wake|get)(?: me| us)?(?: up)? (?:(?:for|at|by|around) )?{_T}",
        rf"(?:i (?:need|want|have) to |i must )?(?:wake up|get up|be up) (?:at |by )?{_T}",
        rf"(?:remind me|(?:set |add |make )?(?:a )?reminder) (?:at |for |on )?{_T} {_ABOUT}",
        rf"(?:remind me|(?:set |add |make )?(?:a )?reminder) {_ABOUT} (?:at|for|on|by|(?=to))? ?{_T}",
        rf"(?:at )?{_T} remind me {_ABOUT}",
        rf"(?:{_SET})?{_A}{_RINGS} (?:until|till) {_T}",
    )
)
_WHICH = (
    r"(?:(?:the|my|our|that|this|your) )*"
    r"(?P<which>(?!(?:it|that|i|my|is)\b)[\w':]+(?: (?!(?:i|my|is)\b)[\w':]+){0,3}?)"
)
_TO = rf"(?P<to>{_FOR}(?: in total)?|{_TIME})"
_BY = rf"(?P<by>{_FOR}|{_COUNT} (?:more|extra) {_UNIT})"
_THING = (
    rf"(?:(?P<it>it|that|this|that 1|that one)|{_WHICH} (?:timer|countdown|one|1)"
    rf"|(?:the|my) {_RINGS}|(?P<other>(?:(?:the|my|that) )*(?:[\w':]+ ){{0,3}}?(?:alarm|reminder)))"
)
_CHANGES = tuple(
    re.compile(rf"{_LEAD}{pattern}(?: instead)?{_TAIL}\Z")
    for pattern in (
        (
            rf"(?:change|move|reset|adjust|switch|shift|reschedule|turn|edit|update|bring|extend|postpone"
            rf"|delay) {_THING}"
            rf" (?:to|for|until|at) {_TO}"
        ),
        rf"(?:make|have|let) {_THING}(?: be)?(?: for| to| at)? {_TO}",
        rf"set (?P<it>it|that) (?:to|for|at) {_TO}",
        rf"(?:i (?:mean|meant|said)|better make it|rather) {_TO}",
    )
)
_MORE = tuple(
    re.compile(rf"{_LEAD}{pattern}{_TAIL}\Z")
    for pattern in (
        rf"(?:add|put|stick) (?:another )?{_BY}(?: more| extra)?(?: (?:to|on|onto) {_THING})?",
        rf"(?:give|allow) {_THING} (?:another )?{_BY}(?: more| extra| longer)?",
        rf"(?:give|allow) (?:me|us) another {_BY}",
        rf"(?:give|allow) (?:me|us) {_BY} (?:more|extra|longer)",
        rf"(?:give|allow) (?:me|us) (?P<by>{_COUNT} (?:more|extra) {_UNIT})",
        (
            rf"(?:extend|prolong|lengthen|delay|postpone|push|snooze)(?: {_THING})?(?: back)?(?: by"
            rf"| for) {_BY}"
        ),
        rf"(?:another )?{_BY} (?:more|extra|longer|later)",
        rf"(?P<by>{_COUNT} (?:more|extra) {_UNIT})",
        rf"make {_THING} {_BY} (?:longer|later|more)",
        r"snooze(?: the alarm| it)?",
    )
)
_LESS = tuple(
    re.compile(rf"{_LEAD}{pattern}{_TAIL}\Z")
    for pattern in (
        (
            rf"(?:take|knock|cut|remove|subtract|shave)(?: off| away)? {_BY}(?: off| away)?"
            rf"(?: (?:from|off|of) {_THING})?"
        ),
        rf"(?:shorten|reduce|cut|bring forward) {_THING} by {_BY}",
        rf"make {_THING} {_BY} (?:shorter|less|earlier|sooner)",
        rf"{_BY} (?:less|shorter|earlier|fewer)",
    )
)
_RENAMES = re.compile(
    rf"{_LEAD}(?:rename|name|call) (?:(?P<it>it|that)|(?:the|my) (?:(?P<which>.+?) )?{_RINGS})"
    rf" (?:to |as )?(?!back|when|in\b|at\b|off)(?P<to>[a-z][\w']*(?: [a-z][\w']*)?){_TAIL}\Z"
)
_ASKING = frozenset(
    "what which how many any list show read tell me all of my the a an is are there do i have got we us set "
    "running on active going still now currently right at moment up you that to go left out current "
    "open please "
    "can could get give see know remaining ones one 1 check about it today tomorrow off for does "
    "did when will "
    "ring rings in goes be and hear time".split()
)
_NOUN = re.compile(r"\b(?:timer|alarm|reminder|countdown)s?\b")
_BEGINS = re.compile(
    rf"{_LEAD}(?:what|which|how|any|list|show|read|tell|is|are|do|have|check|when|give me|did|see|my|all"
    rf"|timers)\b"
)
_LEFT = (
    r"(?:how (?:long|much time|much longer|much|many (?:seconds|minutes|hours))"
    r"|(?:what is )?(?:the )?(?:time|remaining time))"
)
_IS_LEFT = r"(?: (?:is|are|do i have|have i got|does it have|has it got|i have|i got|there))*"
_OVER = r"(?: (?:left|remaining|to go|more|longer|still|until it rings|now|is left|are left))*"
_HOW_LONG = tuple(
    re.compile(rf"{_LEAD}{pattern}{_TAIL}\Z")
    for pattern in (
        (
            rf"{_LEFT}{_IS_LEFT}{_OVER} (?:on|in|for|of|with|until|till) (?:(?:the|my|that|this) )?"
            rf"(?P<which>.+?)(?: timer| 1| one)?(?: (?:left|to go|rings|is up|is done|is over|goes off"
            rf"|is ready))*"
        ),
        (
            rf"{_LEFT} (?:does|has|is) (?:the|my|that) (?P<which>.+?)(?: timer)?(?: (?:have|got|left|to go"
            rf"|remaining))+"
        ),
        (
            r"when (?:does|will|is|do) (?:(?:the|my|that) )(?P<which>.+?)(?: timer)? (?:go off|ring|end|done"
            r"|over|finish|up"
            r"|finished|going off|due|ready)"
        ),
        r"(?:is|are) (?:the|my) (?P<which>.+?)(?: timer)? (?:done|finished|over|up|ready|running)(?: yet)?",
        r"(?:what time|when|what) is (?:the|my) (?P<which>alarm|reminder)(?: (?:set|set for|for|at))?",
    )
)
_BARE = re.compile(
    rf"{_LEAD}(?:{_LEFT}{_IS_LEFT} ?(?:left|remaining|to go|longer|more|still)(?: (?:left|now|to go"
    rf"|still))*"
    r"|how long now|time left|time remaining|(?:what|which)(?: ones| 1s)? (?:is"
    r"|are) (?:still )?(?:running|left|set|ticking)"
    rf"|what is left|what (?:do i have|have i got) (?:set|running)|is it (?:done|over|up) yet){_TAIL}\Z"
)
_STOP = (
    r"(?:cancel|stop|delete|remove|kill|end|clear|drop|get rid of|silence|forget|scrap|dismiss|call off"
    r"|erase"
    r"|(?:turn|switch|shut) off|i (?:do not|no longer) need|i (?:do not|no longer) want)"
)
_STOPS = tuple(
    re.compile(rf"{_LEAD}{pattern}(?: any ?more| any longer| that i set| either)?{_TAIL}\Z")
    for pattern in (
        rf"{_STOP} (?P<which>(?:(?!plan\b).)*?\b{_KIND}(?: (?:for|to|called|named|at|about|in) .+?)?)",
        rf"(?:turn|switch|shut) (?P<which>[^,]*?\b{_KIND}) off",
        (
            r"(?:cancel|stop|delete|clear|turn off|kill) (?P<which>(?:all|both)(?: of)?(?: them| of them)?"
            r"|them(?: all| both)?)"
        ),
        r"(?:cancel|stop) (?P<which>everything)",
        rf"{_STOP} (?:the |my |that )?(?P<which>[\w':. ]+?) (?:one|1)",
        r"(?:no more|stop all|cancel all) (?P<which>timers|alarms|reminders)",
    )
)
_ELSEWHERE = re.compile(r"\b(?:plan|call|conversation|music|song|lights?|tv|it is|meeting|appointment)\b")


def sets(said: str) -> Told | None:
    """The `duration`, and the `name` or what it is `about`, of a timer that is to be set."""
    form = normal(said)
    found = _first(_SETS, form)
    if found is None or "duration" not in found or len(re.findall(rf"\b{_FOR}", form.text)) > 1:
        return None
    found["duration"] = re.sub(r"(?<=hour|ours) (\d\d?)$", r" \1 minutes", found["duration"])
    return found if _is_name(found.get("name")) else None


def wakes(said: str) -> Told | None:
    """The `time`, and the `name` or what it is `about`, of an alarm or a reminder that is to be set."""
    form = normal(said)
    found = _first(_WAKES, form)
    if found is None or re.search(rf"\b{_FOR}", form.text) or not _is_name(found.get("name")):
        return None
    time = re.sub(r"^(?:at|for|by|around|about) ", "", found["time"])
    return {**found, "time": time}


def changes(said: str) -> Told | None:
    """What a timer is to be changed `to`, or `by`, and `which`."""
    form = normal(said)
    if _ELSEWHERE.search(form.text):
        return None
    for patterns, sign in ((_CHANGES, ""), (_MORE, ""), (_LESS, "minus ")):
        found = _first(patterns, form)
        if found is None:
            continue
        if "by" not in found and "to" not in found:
            found["by"] = "9 minutes"  # snooze
        if "by" in found:
            found["by"] = f"{sign}{found['by']}"
        return _one(found)
    found = _first((_RENAMES,), form)
    return _one({**found, "to": f"called {found['to']}"}) if found is not None else None


def lists(said: str) -> Told | None:
    """`which` timers are asked about: none named for all."""
    form = normal(said)
    if _BARE.match(form.text):
        return {}
    kind = _NOUN.search(form.text)
    words = set(form.text.split()) - {kind[0] if kind else ""}
    if kind and _BEGINS.match(form.text) and words <= _ASKING:
        return {} if kind[0].startswith(("timer", "countdown")) else {"which": f"{kind[0].rstrip('s')}s"}
    found = _first(_HOW_LONG, form)
    if found is None or not (kind or _timed(form.text)):
        return None
    return {} if found["which"] in {"it", "timer", "that", "this", "the timer"} else _one(found)


def cancels(said: str) -> Told | None:
    """`which` timers are to be cancelled: none named for the only one."""
    form = normal(said)
    found = _first(_STOPS, form)
    if found is None or (_ELSEWHERE.search(form.text) and not _NOUN.search(form.text)):
        return None
    which = re.sub(r"^(?:(?:the|my|our|that|this) )+", "", found["which"])
    which = re.sub(r"^((?!all|both|every)[^ ].*?) timer$", r"\1", which)
    return {} if which in {"timer", "countdown"} else {"which": which}


def _timed(text: str) -> bool:
    """Whether it is time that is left of something that runs."""
    return re.search(r"\b(?:left|remaining|to go|longer|go off|ring)\b|how long on\b", text) is not None


def _first(patterns: tuple[re.Pattern[str], ...], form: Said) -> Told | None:
    """What the first pattern that fits tells, names in the user's own words."""
    for pattern in patterns:
        if match := pattern.match(form.text):
            told = {key: text.strip() for key, text in match.groupdict().items() if text and key != "kind"}
            if "about" in told:
                told["about"] = form.original(*match.span("about")).strip(" .,!?")
            return told
    return None


def _is_name(name: str | None) -> bool:
    return name is None or not set(name.split()) & _NO_NAME


def _one(found: Told) -> Told:
    """With `it` as the one that is meant: the newest."""
    if found.pop("it", None):
        return {**found, "which": "it"}
    which = re.sub(r"^(?:(?:the|my|that) )+", "", found.pop("which", found.pop("other", "")))
    return {**found, "which": which} if which not in {"", "timer", "countdown", "it"} else found
