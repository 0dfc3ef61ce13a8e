"""What every voice does with a text: cuts it into sentences, and tells its words as they are written.

Pipecat compares what an engine tells with the text by letters and digits: signs without them are moved,
repeated or dropped. Here an engine's words only move a position in the text, whose own words are told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from pipecat.frames.frames import AggregatedTextFrame, Frame, TTSTextFrame
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.utils.context.aggregated_frame_sequencer import AggregatedFrameSequencer
from pipecat.utils.context.word_completion_tracker import WordCompletionTracker
from pipecat.utils.string import match_endofsentence
from pipecat.utils.text.alnum_utils import fold_for_matching
from pipecat.utils.text.base_text_aggregator import Aggregation, TextType
from pipecat.utils.text.simple_text_aggregator import SimpleTextAggregator
from pipecat.utils.text.simple_text_aggregator import _LookaheadState as _Lookahead

from orion.domain.text.cuts import closing, goes_on
from orion.domain.text.lexicon import Lexicon
from orion.domain.text.words import has_words

_FOLLOWS = ("A", "a", "1")
"""What the next sentence may begin with."""
_AHEAD_CHARS = 60
"""So far an engine may leave words untold before the next one that it tells."""


LEXICON = "orion_lexicon"
"""What a change of settings names the lexicon."""


class Sentences(SimpleTextAggregator):
    """Pipecat's sentences, without cuts inside of a list's item, a date, a title or a number.

    A text without words (marks alone) is no sentence: it goes with the one behind it.
    """

    _orion_protected = 0
    """Up to here the text was looked at, and goes on."""

    async def aggregate(self, text: str) -> AsyncIterator[Aggregation]:
        """The sentences that this text completes.

        Whoever checks what is said releases whole sentences, so that the next letter comes a sentence later:
        it is waited for only where it decides.
        """
        async for found in super().aggregate(text):
            yield found
        if sure := self._whole_whatever_follows():
            yield sure

    def _whole_whatever_follows(self) -> Aggregation | None:
        text = self._text.rstrip()
        waits = self._lookahead_state is _Lookahead.AWAITING_CHARACTER and self._text[-1:].isspace()
        if not waits or self._orion_protected or text.count("«") > text.count("»") or not has_words(text):
            return None
        for follows in _FOLLOWS:
            whole = match_endofsentence(f"{text} {follows}", language=self.language) == len(text)
            if not whole or goes_on(text, f" {follows}", self.language) is not False:
                return None
        self._text, self._lookahead_state = "", _Lookahead.IDLE
        return Aggregation(text=text.strip(" "), type=TextType.SENTENCE)

    async def _check_sentence_with_lookahead(
        self, char: str, *, protected_end: int = 0
    ) -> Aggregation | None:
        before = self._text
        protected = max(protected_end, self._orion_protected)
        found = await super()._check_sentence_with_lookahead(char, protected_end=protected)
        if found is None:
            return None
        cut = len(before) - len(self._text)
        end = closing(before, cut)
        verdict = goes_on(before[: min(cut, end)], before[cut:], self.language)
        if verdict is None or cut < end == len(before):  # the next word, the next mark must be seen
            self._text = before
            self._lookahead_state = _Lookahead.IN_WORD if verdict is None else _Lookahead.AWAITING_CHARACTER
            return None
        if verdict or not has_words(before[:cut]):
            self._text, self._orion_protected = before, cut
            return None
        self._text, self._orion_protected = before[end:], 0
        return Aggregation(text=before[:end].strip(" "), type=TextType.SENTENCE)

    async def reset(self) -> None:
        """Forget the text."""
        self._orion_protected = 0
        await super().reset()

    async def handle_interruption(self) -> None:
        """Forget the text: a barge-in."""
        self._orion_protected = 0
        await super().handle_interruption()


class Position(WordCompletionTracker):
    """How far a sentence is told. What is told is a part of its text, in order, each part once."""

    def __init__(self, text: str) -> None:  # Pipecat's own state is not used
        self._text = text
        self._plain = fold_for_matching(text)
        self._at = 0
        self._told = ""
        self._over: str | None = None

    def word_belongs_here(self, word: str) -> bool:
        """Whether the word is at the position, or soon behind it."""
        return self._end_of(word) is not None or self._goes_over(word)

    def add_word_and_check_complete(self, word: str) -> bool:
        """Move behind the word, and tell what is there; True at the end of the text."""
        end = self._end_of(word)
        self._over = None
        if end is None:
            rest = "".join(self._plain[self._at :].split())
            goes_over = self._goes_over(word)
            self._over = "".join(word.split())[len(rest) :] if goes_over else word
            end = len(self._text)
        self._told, self._at = self._text[self._at : end], end
        if not self._text[end:].strip():
            self._at = len(self._text)
        return self._at == len(self._text)

    def get_word_for_frame(self) -> str | None:
        """The part of the text that the last word stands for."""
        return self._told.strip()

    def get_llm_consumed(self) -> str | None:
        """The same: what is given to an engine is what the model wrote."""
        return self._told.strip()

    def get_overflow_word(self) -> str | None:
        """What of the last word belongs to the next sentence."""
        return self._over

    def suppress_in_context(self) -> bool:
        """Nothing is told twice."""
        return not self._told.strip()

    def get_remaining_tts_text(self, strip: bool = True) -> str:
        """What is not told yet."""
        return self.get_remaining_user_facing_text(strip)

    def get_remaining_llm_text(self) -> str | None:
        """The same."""
        return self.get_remaining_tts_text()

    def get_accumulated_user_facing_text(self) -> str:
        """What is told."""
        return self._text[: self._at]

    def get_remaining_user_facing_text(self, strip: bool = True) -> str:
        """What is not told yet."""
        rest = self._text[self._at :]
        return rest.strip() if strip else rest

    def take_remaining_as_spoken(self) -> None:
        """Move to the end."""
        self._at = len(self._text)

    def _end_of(self, word: str) -> int | None:
        """Where the word ends in the text: at the position, else at the next place that holds it whole."""
        wanted = fold_for_matching("".join(word.split()))
        begin = self._at
        while begin < min(len(self._plain), self._at + _AHEAD_CHARS):
            end = self._match(begin, wanted)
            whole = end is not None and (begin == self._at or self._stands_alone(begin, end))
            if whole:
                return end
            begin += 1
        return None

    def _match(self, begin: int, wanted: str) -> int | None:
        at = begin
        for sign in wanted:
            while at < len(self._plain) and self._plain[at].isspace():
                at += 1
            if at == len(self._plain) or self._plain[at] != sign:
                return None
            at += 1
        return at if at > begin else None

    def _stands_alone(self, begin: int, end: int) -> bool:
        return self._text[begin - 1].isspace() and (end == len(self._text) or self._text[end].isspace())

    def _goes_over(self, word: str) -> bool:
        rest = "".join(self._plain[self._at :].split())
        return bool(rest) and fold_for_matching("".join(word.split())).startswith(rest)


class InOrder(AggregatedFrameSequencer):
    """Pipecat's order of what is spoken, by positions in the text."""

    async def register_spoken(  # noqa: PLR0917 - as Pipecat calls it
        self,
        frame: AggregatedTextFrame,
        context_id: str,
        tts_text: str,
        append_to_context: bool,
        build_tracker: bool = True,
        includes_inter_frame_spaces: bool = False,
        *,
        language: str | None = None,  # noqa: ARG002 - Pipecat's signature; sentences are cut before
    ) -> list[Frame]:
        """Take a sentence that is about to be spoken."""
        position = Position(tts_text) if build_tracker else None
        self._append_spoken_slot(frame, context_id, position, append_to_context, includes_inter_frame_spaces)
        return []


class WrittenWords(TTSService):
    """Goes before a Pipecat service among the bases: sentences, words in order, no sound for mere marks.

    Attributes:
        orion_lexicon: How the agent wants words to be said.
    """

    orion_lexicon = Lexicon({})

    def orion_tell_in_order(self, language: str | None) -> None:
        """Call this once the service is made, with the language of the agent; `auto` counts as English."""
        self._text_aggregator = Sentences(aggregation_type=self._text_aggregation_mode, language=language)
        self._aggregated_frame_sequencer = InOrder(name=str(self))

    async def _update_settings(self, delta: Any) -> dict[str, Any]:
        """Take the lexicon of the agent that has the word now."""
        if isinstance(delta, TTSSettings):
            self.orion_lexicon = delta.extra.pop(LEXICON, self.orion_lexicon)
        return await super()._update_settings(delta)

    async def _handle_aggregated_text(
        self, src_frame: AggregatedTextFrame, context_id: str | None = None
    ) -> Any:
        """Speak a text; one without words is told behind what was said before it, and never asked for."""
        if has_words(src_frame.text) or not src_frame.text.strip():
            return await super()._handle_aggregated_text(src_frame, context_id)
        context_id = context_id or self.create_context_id()
        if self.audio_context_available(context_id):
            frame = TTSTextFrame(src_frame.text.strip(), text_type=TextType.WORD, segment_id=src_frame.id)
            frame.context_id = context_id
            await self.append_to_audio_context(context_id, frame)
        return None
