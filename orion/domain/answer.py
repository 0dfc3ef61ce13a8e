"""An answer that more than one language model may write: what was said of it stays, and is said once."""

from __future__ import annotations

from orion.domain.sentence import sentences, split_sentences


class Answer:
    """One answer over several attempts. Pure: tokens go in, whole sentences come out.

    An attempt that breaks off loses its unfinished sentence, which nobody has heard. The next one is
    given `released` and goes on from there; where it begins anew, what it repeats of it is left out.

    Args:
        heard: What was said of it before the tools were called over whose results it goes on; it stands in
            their context, and is left out where it is repeated.

    Attributes:
        released: What has gone on to be spoken, over all attempts.
    """

    def __init__(self, heard: str = "") -> None:
        self.released = ""
        self._heard = heard
        self._held = ""
        self._known: list[str] = []
        self._joins = False

    def begin(self) -> None:
        """Another attempt begins; what the one before it left unfinished is dropped."""
        self._held = ""
        self._known = [_plain(one) for said in (self._heard, self.released) for one in sentences(said)]
        self._joins = bool(self.released)

    @property
    def heard(self) -> str:
        """All of it that was said, before the tools were called and since."""
        return f"{self._heard}\n{self.released}".strip()

    def take(self, token: str) -> str:
        """The sentences that this token completes; empty for none."""
        ready, self._held = split_sentences(self._held + token, len(self._held))
        return self._release(ready)

    def rest(self) -> str:
        """What is left when the attempt has ended well."""
        held, self._held = self._held, ""
        return self._release(held)

    def _release(self, ready: str) -> str:
        fresh = "".join(self._fresh(sentence) for sentence in sentences(ready))
        if fresh and self._joins:
            self._joins, self._known = False, []
            if not self.released[-1].isspace() and not fresh[0].isspace():
                fresh = f" {fresh}"
        self.released += fresh
        return fresh

    def _fresh(self, sentence: str) -> str:
        """What the sentence holds that was not said; from the first new one on everything is new."""
        plain = _plain(sentence)
        for index, known in enumerate(self._known):
            if plain == known:
                del self._known[: index + 1]
                return ""
        tail = self._known[-1] if self._known else ""
        if tail and plain.startswith(f"{tail} "):
            self._known = []
            return " ".join(sentence.split()[len(tail.split()) :]) + sentence[len(sentence.rstrip()) :]
        self._known = [] if plain else self._known
        return sentence


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
