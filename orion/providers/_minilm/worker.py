"""The process that embeds: `python worker.py FOLDER`, by its path, with the folder of the model's files.

A process of its own, because numpy's threads cannot be bounded in the server's: under load they spin, and
cost 20 times the work. Requests come on stdin: length (4 bytes, little-endian) and a text in UTF-8. Answers
go to stdout: `R` once when the model is loaded, or `X` where its files are not those below; then a vector per
request, float32, little-endian. Ends with its parent, at the end of stdin.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import signal
import struct
import sys
from pathlib import Path
from types import ModuleType

_LENGTH = struct.Struct("<I")
_PR_SET_PDEATHSIG = 1
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "MKL_NUM_THREADS")
_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


def main() -> None:
    """Check and load the model, say so, and embed until stdin ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for ORION
    for name in _THREADS:
        os.putenv(name, "1")  # read once, when numpy is loaded below
    folder = Path(sys.argv[1])
    if not _is_known(folder):
        _say(b"X")
        return
    network = _beside("network").Network(folder / "model.safetensors")
    pieces = _beside("wordpiece").WordPiece.read(folder / "vocab.txt")
    _say(b"R")
    while len(header := sys.stdin.buffer.read(_LENGTH.size)) == _LENGTH.size:
        text = sys.stdin.buffer.read(_LENGTH.unpack(header)[0]).decode()
        _say(network.vector(pieces.ids(text)).astype("<f4").tobytes())


def _is_known(folder: Path) -> bool:
    """Whether the files are those whose licence and behaviour are known."""
    for name, expected in _SHA256.items():
        if not (folder / name).is_file():
            return False
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                return False
    return True


def _beside(name: str) -> ModuleType:
    """A module of this folder, by its file: importing the package would load all of Pipecat."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _say(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
