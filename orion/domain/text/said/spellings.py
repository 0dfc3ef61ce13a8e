"""Words in one spelling: contractions and short forms are written out, hesitation is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orion.domain.text.said.tokens import Token

_HESITATION = frozenset("um umm uh uhm uhh er erm ehm ah äh ähm".split())
_SHORT = {
    **dict.fromkeys(("pls", "plz", "plse"), "please"),
    **dict.fromkeys(("thx", "tnx", "thanx"), "thanks"),
    **dict.fromkeys(("tmrw", "tmr", "tomorow", "tommorow", "tommorrow", "2morrow"), "tomorrow"),
    "u": "you",
    "rn": "right now",
    "ur": "your",
    "cuz": "because",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "gimme": "give me",
    "lemme": "let me",
    "whatcha": "what are you",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "cannot": "can not",
    "cant": "can not",
    "can't": "can not",
    "wont": "will not",
    "won't": "will not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "couldnt": "could not",
    "wouldnt": "would not",
    "shouldnt": "should not",
    "havent": "have not",
    "hasnt": "has not",
    "lets": "let us",
    "let's": "let us",
    "ain't": "is not",
    "%": "percent",
    "×": "*",
    "÷": "/",
    "**": "^",
    "alright": "all right",
    "okey": "okay",
    "ok": "okay",
    "k": "okay",
    "favourite": "favorite",
    "colour": "color",
}
_IS = frozenset("what who where when how why that it there here he she which this".split())
_BEHIND = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
_ASKS = frozenset(f"{word}s" for word in ("what", "who", "where", "when", "how", "that"))
"""`whats`, `hows`: the apostrophe is often left out. (`its` stays: it is a word of its own.)"""


def spelled(line: Sequence[Token]) -> list[Token]:
    """The tokens with the words written out; several words of one token share its place."""
    found = [one for token in line for one in _written_out(token)]
    spoken = [token for token in found if token.text not in _HESITATION]
    return _percent(spoken or found)


def _percent(line: list[Token]) -> list[Token]:
    """`per cent` as one word."""
    found: list[Token] = []
    for token in line:
        if token.text == "cent" and found and found[-1].text == "per":
            found[-1] = found[-1]._replace(text="percent", end=token.end)
        else:
            found.append(token)
    return found


def _written_out(token: Token) -> Iterator[Token]:
    if token.text == "k" and token.glued:  # a thousand
        yield token
        return
    text = _SHORT.get(token.text) or _expanded(token.text)
    if text == token.text:
        yield token
        return
    for index, word in enumerate(text.split()):
        yield Token(word, token.start, token.end, token.apart and not index, token.glued and not index)


def _expanded(word: str) -> str:
    if word in _ASKS:
        return f"{word[:-1]} is"
    stem, apostrophe, ending = word.rpartition("'")
    if not apostrophe:
        return word
    if ending == "s" and stem in _IS:
        return f"{stem} is"
    for short, whole in _BEHIND.items():
        if word.endswith(short) and len(word) > len(short):
            return f"{word.removesuffix(short)} {whole}"
    return word
