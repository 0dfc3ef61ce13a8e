"""What is left of a text when it is spoken: models write Markdown, HTML and emoji, told not to or not.

Source: CommonMark 0.31.2 (headings, emphasis, links, code), GitHub's tables, Unicode TR51 (emoji).
"""

from __future__ import annotations

import re
from html import unescape

from orion.domain.text.emoji import EMOJI

_RULE = re.compile(r"\s*(?:(?:```|~~~).*|(?:[-*_=]\s*){3,}|\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*)\Z")
"""A line that is no text: a fence of code, a rule, the rule of a table."""
_NUMBERED = re.compile(r"\s{0,8}\d{1,3}[.)]\s+")
_MARK = re.compile(r"\s{0,8}(?:(?:>\s?)+|#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?)+")
_ADDRESS = r"(?:<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*)"
"""A link's target; in pointed brackets it may hold anything, else parentheses in pairs."""
_LINK = re.compile(rf"!?\[([^\[\]\n]*)\](?:\({_ADDRESS}(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)|\[[^\[\]\n]*\])")
_LINK_END = re.compile(rf"\]\({_ADDRESS}\)")
_COMMENT = re.compile(r"<!--.*?-->")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)\b[^<>\n]{0,200}>|<(https?://[^<>\s]+)>")
_INLINE_TAGS = frozenset(
    "a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong".split()
)
"""Those between which no space is; `sub` and `sup` part what they raise from what stands before."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_STRONG = re.compile(r"(?<!\d)\*{2,}|\*{2,}(?!\d)|~~|`+")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])")
_LOOSE = re.compile(r"(?<![\w*\s)])\*+(?=\s|$)|(?<!\S)\*+(?=[^\W\d])|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)")
_CELLS = re.compile(r"[^\S\n]*\|[^\S\n]*")
_GAPS = re.compile(r"(?<=\S)[^\S\n]{2,}(?=\S)")
_ENDED = re.compile(r"[.!?…:;,。！？][\"'”’»)\]]*\s*\Z")


class Spoken:
    """Takes a text by the sentence and gives what can be said of it; one per response.

    The pieces are cut at ends of sentences and lines, so that a mark stands with its word; one that encloses
    several sentences is taken away on either side. An item of a list, or a heading, ends like a sentence.
    """

    def __init__(self) -> None:
        self._new_line = True
        self._marked = False

    def take(self, piece: str) -> str:
        """The piece as it is spoken; empty or white space where nothing is left."""
        said = "".join(self._line(line) for line in piece.splitlines(keepends=True))
        return said if said.strip() or not piece.strip() else ""

    def _line(self, line: str) -> str:
        ends = line.endswith(("\n", "\r"))
        if self._new_line:
            line = line[len(line.rstrip("\r\n")) :] if _RULE.match(line.rstrip()) else line
            mark = _MARK.match(line)
            self._marked = mark is not None or _NUMBERED.match(line) is not None
            line = line[mark.end() :] if mark else line
        said = _inline(line)
        if ends and self._marked and said.strip() and not _ENDED.search(said):
            said = f"{said.rstrip()}.{line[len(line.rstrip()) :]}"
        self._new_line = ends
        return said


def spoken(text: str) -> str:
    """A whole text as it is spoken."""
    return Spoken().take(text)


def _inline(line: str) -> str:
    said = _LINK_END.sub("", _LINK.sub(r"\1", line))
    said = _ENTITY.sub(_decoded, _TAG.sub(_without_tag, _COMMENT.sub("", said)))
    said = _EMPHASIS.sub(r"\1", _STRONG.sub("", said))
    said = EMOJI.sub("", _LOOSE.sub("", said))
    if said.lstrip().startswith("|"):
        end = said[len(said.rstrip()) :]
        said = ", ".join(filter(None, _CELLS.split(said.strip()))) + end
    return said if said == line else _GAPS.sub(" ", said)


def _without_tag(match: re.Match[str]) -> str:
    """What stands in the place of a tag: an address that is one, nothing, or a space where it parts words."""
    closes, name, address = match.groups()
    if address:
        return address
    if name.lower() in {"sub", "sup"}:
        return "" if closes else " "
    return "" if name.lower() in _INLINE_TAGS else " "


def _decoded(match: re.Match[str]) -> str:
    sign = unescape(match[0])
    return " " if sign.isspace() or not sign.isprintable() else sign
