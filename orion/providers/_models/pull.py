"""Pulling a model: download, checksum, unpacking, and into place at once; or removing it."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orion.errors import Conflict, NotFound, ProviderError, StartError
from orion.providers._models.catalogue import Model, folder
from orion.providers._models.download import Tell, download, safe, sha256
from orion.providers._models.unpack import unpack
from orion.settings import Settings

_ROOM = 2.5
"""Free space that a pull needs, in sizes of what is still to come: the archive, and what it unpacks to."""


async def pull(settings: Settings, model: Model, tell: Tell) -> None:
    """Bring a model; broken off, it goes on from there the next time.

    Raises:
        Conflict: Another process pulls or removes.
        StartError: The disk is too full, or the address is none that models may come from.
        ProviderError: It cannot be downloaded, or is not what the catalogue says.
    """
    url = _address(settings, model)
    with _alone(folder(settings)) as partial:
        part = partial / f"{model.name}-{model.sha256[:12]}.part"
        have = part.stat().st_size if part.is_file() else 0
        _check_room(partial, int((model.size_bytes - have) + model.size_bytes * (_ROOM - 1)), model)
        await download(url, part, model.size_bytes, tell)
        found = await sha256(part)
        if found != model.sha256:
            part.unlink()
            raise ProviderError(
                f"{model.archive} is not the file of the catalogue, and deleted: its sha256 is {found}, "
                f"not {model.sha256}"
            )
        await asyncio.to_thread(_put, model, part, partial, folder(settings) / model.name)


def remove(settings: Settings, name: str) -> None:
    """Delete a pulled model. Raises NotFound, Conflict."""
    with _alone(folder(settings)) as partial:
        place = folder(settings) / name
        if Path(name).name != name or not (place / "model.json").is_file():
            raise NotFound(f"the model {name!r} is not there")
        gone = partial / f"{name}.gone"
        shutil.rmtree(gone, ignore_errors=True)
        place.rename(gone)  # at once for who looks; files that are open stay readable
        shutil.rmtree(gone)


def _address(settings: Settings, model: Model) -> str:
    """Where the archive comes from: `ORION_MODELS_URL` holds all archives in one folder."""
    url = f"{settings.models_url}/{model.archive}" if settings.models_url else model.url
    if not safe(url):
        raise StartError(f"{url}: models come by https, or by http from this machine")
    return url


def _check_room(partial: Path, needed_bytes: int, model: Model) -> None:
    free_bytes = shutil.disk_usage(partial).free
    if free_bytes < needed_bytes:
        raise StartError(
            f"{model.name} needs {needed_bytes >> 20} MB, and {free_bytes >> 20} MB are free in {partial}"
        )


def _put(model: Model, part: Path, partial: Path, place: Path) -> None:
    fresh, old = partial / f"{model.name}.new", partial / f"{model.name}.old"
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir()
    archive = part.rename(partial / model.archive)
    try:
        unpack(archive, fresh, model.files.values())
    finally:
        archive.unlink()
        part.with_suffix(".etag").unlink(missing_ok=True)
    (fresh / "model.json").write_text(model.as_json())
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(models: Path) -> Iterator[Path]:
    """The folder of what is not complete, held by this process."""
    partial = models / ".partial"
    partial.mkdir(parents=True, exist_ok=True)
    with (partial / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("another process pulls or removes models; wait until it is done") from error
        yield partial
