"""What is left of a text when it is spoken: models write Markdown, HTML and emoji, told not to or not.

Source: CommonMark 0.31.2 (headings, emphasis, links, code), GitHub's tables, Unicode TR51 (emoji).
"""

from __future__ import annotations

import re

_RULE = re.compile(r"\s*(?:(?:```|~~~).*|(?:[-*_=]\s*){3,}|\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*)\Z")
"""A line that is no text: a fence of code, a rule, the rule of a table."""
_MARK = re.compile(r"\s{0,8}(?:(?:>\s?)+|#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?)+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)")
_LINK_END = re.compile(r"\]\([^()\s]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<(https?://[^<>\s]+)>")
_STRONG = re.compile(r"(?<!\d)\*{2,}|\*{2,}(?!\d)|~~|`+")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])")
_LOOSE = re.compile(r"(?<![\w*\s)])\*+(?=\s|$)|(?<!\S)\*+(?=[^\W\d])|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\U000e0020-\U000e007f\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3]"
    "|(?<=[\U0001f000-\U0001faff])\u200d"
)
_CELLS = re.compile(r"[^\S\n]*\|[^\S\n]*")
_GAPS = re.compile(r"(?<=\S)[^\S\n]{2,}(?=\S)")
_ENDED = re.compile(r"[.!?…:;,][\"')\]]*\s*\Z")


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
            self._marked = mark is not None
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
    said = _TAG.sub(lambda match: match[1] or "", said)
    said = _EMPHASIS.sub(r"\1", _STRONG.sub("", said))
    said = _EMOJI.sub("", _LOOSE.sub("", said))
    if said.lstrip().startswith("|"):
        end = said[len(said.rstrip()) :]
        said = ", ".join(filter(None, _CELLS.split(said.strip()))) + end
    return said if said == line else _GAPS.sub(" ", said)
