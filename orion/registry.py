"""The entries of a folder: one file is one tool, provider, guardrail or way in.

An entry is a module `orion/<folder>/<name>.py` (or a package of that name), or `<name>.py` in the
folder of the same name of the user's project, which wins over a built-in entry. Names that begin
with `_` are no entries. Listing a folder imports nothing; loading an entry imports it once.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from orion.errors import NotFound, StartError

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def _names_in(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {
        path.stem
        for path in folder.iterdir()
        if _NAME.match(path.stem)
        and (path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").is_file()))
    }


def _built_in(folder: str) -> Path:
    return Path(str(files("orion"))) / folder


def names(folder: str, project: Path | None = None) -> list[str]:
    """The names of all entries of `folder`, sorted; nothing is imported."""
    found = _names_in(_built_in(folder))
    if project is not None:
        found |= _names_in(project / folder)
    return sorted(found)


def load(folder: str, name: str, project: Path | None = None) -> ModuleType:
    """Import the entry `name` of `folder`; the project's own entry wins.

    Raises:
        NotFound: There is no such entry; the detail lists those that are there.
        StartError: The project's file cannot be imported; the detail says where and why.
    """
    if name not in names(folder, project):
        raise NotFound(f"no {name!r} in {folder}; there are: {', '.join(names(folder, project))}")
    if project is not None and name in _names_in(project / folder):
        return _load_own(project / folder, folder, name)
    return importlib.import_module(f"orion.{folder}.{name}")


def _load_own(directory: Path, folder: str, name: str) -> ModuleType:
    module_name = f"orion_project.{folder}.{name}"
    path = directory / f"{name}.py"
    if not path.is_file():
        path = directory / name / "__init__.py"
    loaded = sys.modules.get(module_name)
    if loaded is not None and loaded.__file__ == str(path):
        return loaded
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise StartError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise StartError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module
