"""Where espeak-ng lies, and how to get it: it is GPL-3.0-or-later, so ORION does not bring it.

It speaks by itself, and makes the phonemes for Piper and Kokoro; always in a process of its own.
"""

from __future__ import annotations

import importlib.util
from ctypes.util import find_library
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[2]


def library() -> tuple[str, Path | None]:
    """Library and the folder above its data: from the wheel, else the system's (None: its own folder)."""
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        for name in ("libespeak-ng.so", "libespeak-ng.dylib"):
            if (folder / name).is_file():
                return str(folder / name), folder
    return "libespeak-ng.so.1", None


def is_there() -> bool:
    """Whether the library can be loaded. It is not loaded here."""
    return library()[1] is not None or _is_in_the_system()


@cache
def _is_in_the_system() -> bool:
    return find_library("espeak-ng") is not None  # runs a program


def command() -> str:
    """The command that installs it: in a clone by its lock, elsewhere by pip."""
    is_clone = (_FOLDER / "requirements-espeak.lock").is_file()
    return "make espeak" if is_clone else "pip install espeakng-loader"


def missing() -> str | None:
    """None if it is there, else how to get it."""
    if is_there():
        return None
    return f"espeak-ng is missing: {command()} (or Debian: apt install espeak-ng)"
