"""Moonshine on onnxruntime: samples in, the likeliest texts out, each with its log probability.

Reference: https://arxiv.org/abs/2410.15608; the files are those of the wheel `moonshine-voice`, an encoder
and a decoder that keeps its own cache. One session of each serves several threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from orion.domain.transcript import spoken_words

RATE_HZ = 16000
_SILENCE = RATE_HZ * 4 // 5
"""So much silence stands behind an utterance: without it the last words are lost, or said again."""
_SHORTEST = RATE_HZ * 3
_START, _END = 1, 2
_FIRST_TEXT = 3
_TOKENS_PER_SEC, _MOST_TOKENS = 6.5, 6
_HOPELESS = 6.0
"""A beam whose logarithm lies so far behind that of a finished one is given up."""

_Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text, its log probability, and the number of its tokens, the end among them."""

    text: str
    log_chance: float
    tokens: int


class Stopped(Exception):
    """The words are not wanted any more."""


class Tokens:
    """The tokens of a `tokenizer.bin`: one after the other, each with its length before it.

    The length is a byte, or from 128 on two: 128 and more, then how many times 128.
    """

    def __init__(self, content: bytes) -> None:
        self._pieces: list[bytes] = []
        at = 0
        while at < len(content):
            length, at = content[at], at + 1
            if length >= 128:
                length, at = content[at] * 128 + length - 128, at + 1
            self._pieces.append(content[at : at + length])
            at += length

    def __len__(self) -> int:
        return len(self._pieces)

    def text(self, ids: list[int]) -> str:
        """What the tokens spell."""
        spelled = b"".join(self._pieces[number] for number in ids if number >= _FIRST_TEXT)
        return spelled.decode(errors="replace").replace("\u2581", " ").strip()


class Moonshine:
    """The loaded model.

    Attributes:
        encoder, decoder: The sessions.
        own: The names of what the decoder remembers of its words; `cross` of the sound; `empty` neither.
    """

    def __init__(self, encoder: str, decoder: str, tokenizer: str) -> None:
        self.encoder, self.decoder = _session(encoder), _session(decoder)
        self._tokens = Tokens(Path(tokenizer).read_bytes())
        self.own = [i.name for i in self.decoder.get_inputs() if ".decoder." in i.name]
        self.cross = [i.name for i in self.decoder.get_inputs() if ".encoder." in i.name]
        heads, size = next(i.shape[1::2] for i in self.decoder.get_inputs() if i.name in self.own)
        self.empty = np.zeros((1, heads, 0, size), np.float32)

    def hear(
        self, samples: _Floats, beams: int, wanted: Callable[[], bool] = lambda: True
    ) -> list[Hypothesis]:
        """The likeliest texts of an utterance, at most `beams`, the likeliest first.

        Args:
            samples: Mono, 16 kHz, -1 to 1.
            wanted: Asked before every token.

        Raises:
            Stopped: `wanted` has said no.
        """
        cap = int(len(samples) / RATE_HZ * _TOKENS_PER_SEC) + _MOST_TOKENS
        search = _Search(beams, lambda ids: " ".join(spoken_words(self._tokens.text(ids))))
        decode = _Decoding(self, np.pad(samples, (0, self._silence(len(samples)))))
        chances = decode.first(_START)
        for _ in range(cap):
            if not wanted():
                raise Stopped
            parents, tokens = search.extend(chances)
            if search.over:
                break
            chances = decode.next(parents, tokens)
        return [
            Hypothesis(self._tokens.text(ids), log_chance, len(ids) + 1) for log_chance, ids in search.found()
        ]

    @staticmethod
    def _silence(samples: int) -> int:
        return max(_SILENCE, _SHORTEST - samples)


class _Decoding:
    """The decoder at one utterance, with what it remembers of each beam; of the sound all know the same."""

    def __init__(self, model: Moonshine, samples: _Floats) -> None:
        self._model = model
        mask = np.ones((1, len(samples)), np.int64)
        sound = {"input_values": samples[None], "attention_mask": mask}
        self._mask = mask
        self._frames = model.encoder.run(None, sound)[0]
        self._cross: dict[str, _Floats] = {}
        self._own: dict[str, _Floats] = {}

    def first(self, start: int) -> _Floats:
        """Log probabilities of the first token, one row; the keys of the sound are kept for all others."""
        model = self._model
        empty = dict.fromkeys([*model.own, *model.cross], model.empty)
        names = [*model.own, *model.cross]
        logits, caches = self._run([start], empty, names, cached=False)
        self._own = {name: caches[name] for name in model.own}
        self._cross = {name: caches[name] for name in model.cross}
        return logits

    def next(self, parents: list[int], tokens: list[int]) -> _Floats:
        """Log probabilities of what follows, a row for each beam.

        Args:
            parents: The beam of the step before that each one goes on.
            tokens: What it goes on with.
        """
        beams = len(self._own[self._model.own[0]])
        if parents != list(range(beams)):
            self._own = {name: cache[parents] for name, cache in self._own.items()}
        logits, self._own = self._run(tokens, {**self._own, **self._cross}, self._model.own, cached=True)
        return logits

    def _run(
        self, tokens: list[int], caches: dict[str, _Floats], kept: list[str], *, cached: bool
    ) -> tuple[_Floats, dict[str, _Floats]]:
        inputs: dict[str, Any] = {
            "input_ids": np.array(tokens, np.int64)[:, None],
            "encoder_hidden_states": self._frames,
            "encoder_attention_mask": self._mask,
            "use_cache_branch": np.array([cached]),
            **caches,
        }
        outputs = ["logits", *(name.replace("past_key_values", "present") for name in kept)]
        logits, *presents = self._model.decoder.run(outputs, inputs)
        return _log_softmax(logits[:, -1]), dict(zip(kept, presents, strict=True))


class _Search:
    """A beam search: the unfinished texts that are likeliest so far, and those that have ended.

    Args:
        words: The words of a text; of those that differ in signs alone the likeliest one is kept.
    """

    def __init__(self, beams: int, words: Callable[[list[int]], str]) -> None:
        self._beams = beams
        self._words = words
        self._running: list[tuple[float, list[int]]] = [(0.0, [])]
        self._ended: dict[str, tuple[float, list[int]]] = {}
        self.over = False

    def extend(self, chances: _Floats) -> tuple[list[int], list[int]]:
        """Take the next token of each beam.

        Returns:
            Which beam each of the new ones goes on, and with what.
        """
        so_far = np.array([log_chance for log_chance, _ in self._running], np.float32)
        scores = so_far[:, None] + chances
        most = 2 * self._beams  # half of them may be ends
        likeliest = np.argpartition(scores.reshape(-1), -most)[-most:]
        likeliest = likeliest[np.argsort(-scores.reshape(-1)[likeliest])]
        running: list[tuple[float, list[int]]] = []
        parents, tokens = [], []
        for place in likeliest.tolist():
            parent, token = divmod(place, scores.shape[1])
            score, ids = float(scores[parent, token]), self._running[parent][1]
            if token == _END:
                self._end(score, ids)
            else:
                running.append((score, [*ids, token]))
                parents.append(parent)
                tokens.append(token)
            if len(running) == self._beams or (self._beams == 1 and self._ended):
                break
        self._running = running
        self.over = self._done()
        return parents, tokens

    def _end(self, score: float, ids: list[int]) -> None:
        words = self._words(ids)
        if words not in self._ended or self._ended[words][0] < score:
            self._ended[words] = score, ids

    def _done(self) -> bool:
        """Whether no unfinished text can be among the likeliest any more."""
        if not self._ended or not self._running:
            return not self._running
        ends = sorted((score for score, _ in self._ended.values()), reverse=True)[: self._beams]
        best = max(score for score, _ in self._running)
        return best < ends[0] - _HOPELESS or (len(ends) == self._beams and best < ends[-1])

    def found(self) -> list[tuple[float, list[int]]]:
        """The likeliest, those that ended before those that the cap ended."""
        return sorted(self._ended.values() or self._running, key=lambda beam: -beam[0])[: self._beams]


def _session(path: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _log_softmax(logits: _Floats) -> _Floats:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: _Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result
