"""The network: BERT's six layers of 384 in float32, the mean of its last states, length 1.

The weights are mapped from the file, so that only the rows and layers that are used are read, and are
shared between the processes of a machine.
Source: https://arxiv.org/abs/2002.10957, https://www.sbert.net, https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
DIMENSIONS = 384
_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12


class Network:
    """Token ids to one vector."""

    def __init__(self, weights: Path) -> None:
        self._weights = _mapped(weights)

    def vector(self, ids: Sequence[int]) -> Array:
        """The normalised vector, 384 numbers, of one text's tokens (512 at most)."""
        states = self._embedded(ids)
        for layer in range(_LAYERS):
            states = self._layer(f"encoder.layer.{layer}.", states)
        mean: Array = states.mean(axis=0)
        mean /= max(float(np.linalg.norm(mean)), _EPSILON)
        return mean

    def _embedded(self, ids: Sequence[int]) -> Array:
        tokens = self._weights["embeddings.word_embeddings.weight"][list(ids)]
        places = self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm("embeddings.LayerNorm", tokens + places + kind)

    def _layer(self, at: str, states: Array) -> Array:
        attended = self._dense(at + "attention.output.dense", self._attended(at + "attention.self.", states))
        states = self._norm(at + "attention.output.LayerNorm", states + attended)
        grown = _gelu(self._dense(at + "intermediate.dense", states))
        return self._norm(at + "output.LayerNorm", states + self._dense(at + "output.dense", grown))

    def _attended(self, at: str, states: Array) -> Array:
        """Each head's mix of the values, side by side."""
        split = (len(states), _HEADS, -1)
        query, key, value = (
            self._dense(at + name, states).reshape(split).swapaxes(0, 1) for name in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(query.shape[-1]))
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        mixed: Array = shares @ value
        return mixed.swapaxes(0, 1).reshape(states.shape)

    def _dense(self, at: str, states: Array) -> Array:
        found: Array = states @ self._weights[at + ".weight"].T
        found += self._weights[at + ".bias"]
        return found

    def _norm(self, at: str, states: Array) -> Array:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        found: Array = centred / spread * self._weights[at + ".weight"] + self._weights[at + ".bias"]
        return found


def _gelu(x: Array) -> Array:
    """Give x times the normal distribution at x; erf by Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    size = np.abs(x) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * size)
    series: Array = np.zeros_like(x)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(factor)
        series *= t
    erf = 1 - series * np.exp(-size * size)
    found: Array = np.float32(0.5) * x * (1 + np.copysign(erf, x))
    return found


def _mapped(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file: the length of a JSON header, the header, then the numbers."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    begin = 8 + int.from_bytes(content[:8], "little")
    header: dict[str, Any] = json.loads(content[8:begin])
    found: dict[str, Array] = {}
    for name, tensor in header.items():
        if tensor.get("dtype") == "F32":
            first, last = tensor["data_offsets"]
            numbers = np.frombuffer(content, np.float32, (last - first) // 4, begin + first)
            found[name] = numbers.reshape(tensor["shape"])
    return found
