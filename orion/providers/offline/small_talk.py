"""What the agent answers to what needs no tool: short, honest, and in other words the next time."""

from __future__ import annotations

from orion.domain.assents import assent
from orion.providers.offline.acts import Act

_HELP = (
    "I am sorry that you feel this way. Please talk to somebody you trust, or to a crisis line right now: "
    "988 in the United States, 116 123 in much of Europe, or your emergency number."
)
_SAID: dict[Act, tuple[str, ...]] = {
    Act.THANKS: ("You are welcome.", "My pleasure.", "Any time."),
    Act.PRAISE: ("Thank you, that is kind of you.", "Thank you!"),
    Act.GREETING: ("Hello! What can I do for you?",),
    Act.HOW_ARE_YOU: ("I am fine, thank you. What can I do for you?",),
    Act.WHO_ARE_YOU: ("I am {name}, a voice assistant that runs on your own machine.",),
    Act.ARE_YOU_THERE: ("Yes, I am here.",),
    Act.ARE_YOU_HUMAN: ("I am a computer program, not a person.",),
    Act.HOW_OLD: ("I am a computer program, so I have no age.",),
    Act.WHERE_FROM: ("I am a computer program, so my home is the machine that I run on.",),
    Act.WHO_MADE_YOU: ("I am part of ORION, a voice agent server.",),
    Act.KEEPS_NOTHING: ("All right, I do not keep that.",),
    Act.OPINION: (
        "I am a computer program, so I have no taste and no opinion.",
        "I would leave that to people: I am only a program.",
    ),
    Act.FEELS_BAD: ("I am sorry to hear that.", "I am sorry about that."),
    Act.FEELS_GOOD: ("I am glad to hear that.",),
    Act.INSULT: (
        "I am sorry that I was no help. What would you like me to do?",
        "I am sorry. I would like to do better: what do you need?",
    ),
    Act.DISTRESS: (_HELP,),
    Act.EMERGENCY: ("I cannot call for help. Please dial your emergency number now, 112 or 911.",),
    Act.GOODBYE: ("Goodbye!", "See you!"),
    Act.YES: (assent("en").words["nothing"],),
    Act.NO: ("All right.",),
    Act.WRONG: ("I am sorry. What did you mean?", "Sorry about that. What should it have been?"),
    Act.LANGUAGE: ("I speak English.",),
    Act.ASKS_TO_ASK: ("Go ahead.",),
    Act.CANCEL: ("All right.",),
    Act.ACKNOWLEDGEMENT: ("All right.",),
}


def answer(act: Act, name: str, count: int) -> str:
    """The answer to an act; `count` chooses among its wordings."""
    said = _SAID[act]
    return said[count % len(said)].format(name=name)
