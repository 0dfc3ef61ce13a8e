"""`orion init DIR`: writes a project that works, whose comments teach what its files may hold."""

from __future__ import annotations

import argparse
import os
import shlex
from importlib.resources import files
from pathlib import Path

from orion.errors import StartError
from orion.settings import Settings

_SCAFFOLD = Path(str(files("orion"))) / "cli" / "scaffold"
_MODES = {".env": 0o600}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is new or empty")


async def run(_settings: Settings, given: argparse.Namespace) -> int:
    """Write the files, and tell what to do next."""
    folder: Path = given.folder
    written = write(folder)
    print(f"{folder} is a project of {len(written)} files. Go on with\n")
    print(f"  cd {shlex.quote(str(folder))}\n  orion dev\n")
    print("and read its README.md.")
    return 0


def write(folder: Path) -> list[Path]:
    """Write a project into a folder that is new or empty; the files that were written.

    Raises:
        StartError: The folder holds something, or cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise StartError(f"{folder} is not empty, and nothing in it is overwritten; name a new folder")
    try:
        sources = [path for path in sorted(_SCAFFOLD.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
        return [_write(source, folder) for source in sources]
    except OSError as error:
        raise StartError(f"{folder} cannot be written: {error.strerror}") from error


def _write(source: Path, folder: Path) -> Path:
    """A file of the scaffold under its name in a project: `dot.env` is `.env`, which others cannot read."""
    target = folder / source.relative_to(_SCAFFOLD)
    target = target.with_name(target.name.removeprefix("dot"))
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = _MODES.get(target.name, 0o666)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
        file.write(source.read_bytes())
    return target
