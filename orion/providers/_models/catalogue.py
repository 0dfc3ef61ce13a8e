"""The models that can be pulled: a list as data, and the folder in which the pulled ones lie.

`catalogue.yaml` is ORION's own list; a project's `models.yaml` of the same shape adds to it, and its names
win. A pulled model is a folder `<data dir>/models/<name>` with its files and `model.json`, its entry at the
time: what is there keeps working when the list changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from orion.errors import NotFound, StartError
from orion.providers import _espeak
from orion.settings import Settings

_OWN = Path(__file__).with_name("catalogue.yaml")
_ENTRY = "model.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
ARCHIVES = (".tar.bz2", ".tar.gz")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML brings it: a tenth of the time, at each start."""


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the catalogue.

    Attributes:
        provider: The entry of `orion/providers` that runs it.
        languages: Primary subtags (`en`, `de`) that it hears or speaks; `auto`: it detects them.
        licence: Of the model, SPDX where there is an identifier.
        size_bytes: Of the archive.
        sha256: Of the archive, in hex.
        files: The file's name in the archive, by what it is to the provider; nothing else is unpacked.
        speaks: espeak-ng's language for the phonemes of each of `languages`.
        voices: Names of its speakers, in their order in the model.
    """

    name: str
    provider: str
    kind: str
    languages: tuple[str, ...]
    licence: str
    size_bytes: int
    sha256: str
    url: str
    files: Mapping[str, str]
    speaks: Mapping[str, str] = field(default_factory=dict)
    voices: tuple[str, ...] = ()

    def speaks_to(self, language: str) -> bool:
        """Whether it serves an agent of the language."""
        return subtag(language) in self.languages

    @property
    def archive(self) -> str:
        """The archive's file name."""
        return Path(urlsplit(self.url).path).name

    def as_json(self) -> str:
        """As `model.json` holds it."""
        return json.dumps({**asdict(self), "files": dict(self.files), "speaks": dict(self.speaks)}, indent=1)


def subtag(language: str) -> str:
    """The primary subtag of a language code (RFC 5646, section 2.2.1): `de` of `de-AT` and `de_AT`."""
    return language.replace("_", "-").partition("-")[0].lower()


def catalogue(settings: Settings) -> dict[str, Model]:
    """All models that can be pulled, by name. Raises StartError for a list that cannot be used."""
    found = dict(_read(_OWN))
    own = settings.project / "models.yaml" if settings.project else None
    if own is not None and own.is_file():
        _read.cache_clear()  # a project's list may change under a running server
        found.update(_read(own))
    return found


def find(settings: Settings, name: str) -> Model:
    """The model `name`. Raises NotFound, with the names that there are."""
    known = catalogue(settings)
    if name not in known:
        raise NotFound(f"no model {name!r}; there are: {', '.join(known)}")
    return known[name]


def folder(settings: Settings) -> Path:
    """Where pulled models lie."""
    return settings.data_dir / "models"


def pulled(settings: Settings, provider: str | None = None) -> list[Model]:
    """The models that are there, the largest first; those of one provider, or all."""
    models = [_entry(path) for path in sorted(folder(settings).glob(f"[!.]*/{_ENTRY}"))]
    wanted = [model for model in models if model and provider in {None, model.provider}]
    return sorted(wanted, key=lambda model: -model.size_bytes)


def places(settings: Settings, model: Model) -> dict[str, str]:
    """The paths of a pulled model's files, by what they are."""
    return {what: str(folder(settings) / model.name / name) for what, name in model.files.items()}


def advice(settings: Settings, kind: str, language: str) -> str:
    """The command that brings an engine for a language; empty if there is none.

    The voices of the catalogue take their phonemes from espeak-ng, which speaks all languages by itself.
    """
    needed = [_espeak.command()] if kind == "tts" and not _espeak.is_there() else []
    for model in catalogue(settings).values():
        if model.kind == kind and model.speaks_to(language):
            return " && ".join([*needed, f"orion models pull {model.name}"])
    return "".join(needed)


def _entry(path: Path) -> Model | None:
    """The entry of a pulled model; None for one that is being removed, or was damaged."""
    try:
        return _pulled(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, StartError):
        return None


@lru_cache(maxsize=100)
def _pulled(entry: Path, _changed_ns: int) -> Model:
    return model_of(entry.parent.name, json.loads(entry.read_text()), entry)


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Model]:
    try:
        entries = yaml.load(path.read_text(), Loader=_LOADER)  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise StartError(f"{path.name} is no YAML: {error}") from error
    if not isinstance(entries, dict):
        raise StartError(f"{path.name} must hold models by their name")
    return {name: model_of(name, entry, path) for name, entry in entries.items() if not name.startswith("x-")}


def model_of(name: str, entry: Any, path: Path) -> Model:
    """An entry, checked: its names become paths. Raises StartError, with what is wrong."""
    try:
        model = Model(
            **{
                **entry,
                "name": name,
                "languages": tuple(entry["languages"]),
                "voices": tuple(entry.get("voices", ())),
            }
        )
        wrong = (
            (not _NAME.match(name) and "its name")
            or (not _SHA256.match(model.sha256) and "sha256")
            or (model.size_bytes <= 0 and "size_bytes")
            or (not model.archive.endswith(ARCHIVES) and "url (a .tar.bz2 or .tar.gz)")
            or (not all(_FILE.match(file) for file in model.files.values()) and "files")
        )
    except (TypeError, KeyError, ValueError) as error:
        raise StartError(f"{path.name}: the model {name!r} cannot be read: {error}") from error
    if wrong:
        raise StartError(f"{path.name}: the model {name!r}: {wrong} cannot be used")
    return model
