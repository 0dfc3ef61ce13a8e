"""Words of somebody who needs help from people: nothing else of the sentence counts then.

What is taken in is `plain` text.
"""

from __future__ import annotations

import re

_DIE = (
    r"(?:die|be dead|kill myself|end (?:my life|it all)|hurt myself|harm myself|(?:commit )?suicide"
    r"|disappear forever)"
)
_DISTRESS = re.compile(
    r"\bi (?:just |really |only )*(?:want|wish|would rather|am going|feel like|would like|have decided|plan"
    r"|am ready|need|think about|am thinking (?:about|of))(?: to| i could| i would| i were)?"
    rf" {_DIE}\b(?! laughing)"
    r"|\b(?:killing|hurting|harming|cutting) myself\b|\bkill myself\b|\bsuicidal\b|\bend my life\b"
    r"|\bi (?:do not|no longer) want to (?:live|be (?:alive|here any ?more)|wake up|exist|go on)\b"
    r"|\bnobody would (?:miss me|notice if i|care if i)\b|\bi wish i (?:was|were) (?:dead|never born)\b"
    r"|\bno (?:reason|point) (?:to live|in living|to go on)\b|\bbetter off dead\b"
)
_SOMEBODY = r"(?:my \w+|i|he|she|someone|somebody|an? (?:man|woman|child|boy|girl|baby|person))"
_EMERGENCY = re.compile(
    r"\b(?:call|dial|need|send)(?: me| for)?(?: an| the)? (?:ambulance|911|112|999|police"
    r"|fire (?:department|brigade))\b"
    r"|\bheart attack\b|\b(?:is|am|are) not breathing\b|\bi can not breathe\b"
    r"|\bbleeding (?:a lot|badly|out)\b"
    rf"|\b{_SOMEBODY} (?:(?:just|has|have|is|am|was|and|lies) )*(?:collapsed|unconscious|unresponsive|choking"
    r"|drowning|having (?:a seizure|chest pains?))\b"
    r"|\b(?:took|taken|swallowed) (?:all|too many|a lot)(?: of)?(?: (?:my|the|his|her))?"
    r" (?:pills|tablets|medi\w+)\b"
    r"|\bhaving a stroke\b|\boverdosed?\b|\bthere is a fire\b|\b(?:house|kitchen) is on fire\b"
)
_LATER = re.compile(
    r"(?:(?:please|okay|hey|orion|can|could|would|will|you) )*(?:remind|remember|note|set|add|plan|put)\b"
)
"""What begins so speaks of another time: `remind me to call the police at 5`."""


def distress(form: str) -> bool:
    """Whether somebody may harm themselves, whatever else is said."""
    return _DISTRESS.search(form) is not None


def emergency(form: str) -> bool:
    """Whether somebody needs help right now."""
    return _EMERGENCY.search(form) is not None and _LATER.match(form) is None
