"""The files of a model out of its archive: only those that the catalogue names, under these names alone.

An archive is from outside, whatever its checksum: no path, link, device or mode of it is taken, what
it unpacks to is bounded, and it is read as a stream, so that it needs no memory.
"""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from orion.errors import ProviderError

_GROWTH = 8
"""An archive of weights, which hardly shrink, unpacks to no more than so many times its size ..."""
_FLOOR_BYTES = 16 << 20
"""... or this, where it is small."""
_NOTICES = ("LICENSE", "LICENSE.txt", "MODEL_CARD", "README.md")
"""Kept where they are: what the licences ask for."""


def unpack(archive: Path, into: Path, files: Iterable[str]) -> None:
    """Write `files` and the archive's notices into the folder `into`; blocks.

    Raises:
        ProviderError: The archive is damaged, lacks a file, or unpacks to more than it may.
    """
    wanted = set(files)
    open_archive = bz2.open if archive.name.endswith(".bz2") else gzip.open
    most_bytes = max(_FLOOR_BYTES, archive.stat().st_size * _GROWTH)
    try:
        with open_archive(archive) as opened, _tar(opened, most_bytes) as tar:
            for member in tar:
                name = PurePosixPath(member.name).name
                plain = member.isreg() and not member.issparse()
                if plain and name in wanted | set(_NOTICES) and not (into / name).exists():
                    _write(tar.extractfile(member), into / name)
                    wanted.discard(name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ProviderError(f"{archive.name} cannot be unpacked: {type(error).__name__}") from error
    if wanted:
        raise ProviderError(f"{archive.name} lacks {', '.join(sorted(wanted))}")


def _tar(opened: io.BufferedIOBase, most_bytes: int) -> tarfile.TarFile:
    return tarfile.open(fileobj=_Bounded(opened, most_bytes), mode="r|")


def _write(source: IO[bytes] | None, path: Path) -> None:
    assert source is not None  # of a regular file there is one
    with source, path.open("xb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


class _Bounded(io.RawIOBase):
    """A stream that ends with an error where it has given more than it may."""

    def __init__(self, source: io.BufferedIOBase, most_bytes: int) -> None:
        super().__init__()
        self._source = source
        self._left = most_bytes

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise ProviderError("the archive unpacks to more than a model of its size can be")
        return content
