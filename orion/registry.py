"""The entries of a folder: one file is one tool, provider, guardrail or way in.

An entry is a module `orion/<folder>/<name>.py` (or a package of that name), or `<name>.py` in the
folder of the same name of the user's project, which wins over a built-in entry. Names that begin
with `_` are no entries. Listing a folder imports nothing; loading an entry imports it once, and an entry
of the project anew where it has changed (`renewed`).
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.resources import files
from pathlib import Path
from types import CodeType, ModuleType

from orion.errors import FaultyFiles, FileFault, NotFound

_OWN = "orion_project"
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


@cache
def _built_in(folder: str) -> frozenset[str]:
    """What ORION itself brings, which does not change while it runs: a start asks 600 times."""
    return frozenset(_names_in(Path(str(files("orion"))) / folder))


def names(folder: str, project: Path | None = None) -> list[str]:
    """The names of all entries of `folder`, sorted; nothing is imported."""
    own = _names_in(project / folder) if project is not None else set()
    return sorted(_built_in(folder) | own)


def load(folder: str, name: str, project: Path | None = None) -> ModuleType:
    """Import the entry `name` of `folder`; the project's own entry wins.

    Raises:
        NotFound: There is no such entry; the detail lists those that are there.
        FaultyFiles: The project's file cannot be imported; the detail says where and why.
    """
    if name not in names(folder, project):
        raise NotFound(f"no {name!r} in {folder}; there are: {', '.join(names(folder, project))}")
    if project is not None and name in _names_in(project / folder):
        return _load_own(project / folder, folder, name)
    return importlib.import_module(f"orion.{folder}.{name}")


@contextmanager
def renewed(project: Path, changed: Iterable[Path]) -> Iterator[None]:
    """Inside, the project's entries of the changed files are imported anew when they are loaded.

    Where an exception leaves the block, all entries are again those of before. What runs meanwhile keeps
    the functions that it has.
    """
    before = {name: module for name, module in sys.modules.items() if name.startswith(f"{_OWN}.")}
    stale = {_module_name(path.relative_to(project)) for path in changed}
    for name in before:
        if any(f"{name}.".startswith(f"{one}.") for one in stale):
            del sys.modules[name]
    try:
        yield
    except BaseException:
        for name in [name for name in sys.modules if name.startswith(f"{_OWN}.")]:
            del sys.modules[name]
        sys.modules.update(before)
        raise


def _module_name(path: Path) -> str:
    """The module of an entry, by a file of it; of a file that others may share, the whole folder's."""
    folder, entry = path.parts[0], path.parts[1].removesuffix(".py") if len(path.parts) > 1 else "_"
    return f"{_OWN}.{folder}" if entry.startswith("_") else f"{_OWN}.{folder}.{entry}"


def unread(project: Path) -> list[FileFault]:
    """Files of the project that look like entries and are none, for their names."""
    odd = [
        (path, "rename it: lower case letters, digits and underscores, a letter first")
        for folder in ("tools", "guardrails", "providers")
        for path in (project / folder).glob("[!_]*.py")
        if not _NAME.match(path.stem)
    ]
    odd += [(path, "rename it to end in .yaml") for path in (project / "agents").glob("*.yml")]
    return [FileFault(path, 1, "this file is not read", remedy) for path, remedy in odd]


class _Source(SourceFileLoader):
    """Reads the source each time: a cached bytecode's second is too coarse for a file that was just saved."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the file as it is now; nothing is written beside it."""
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """What an entry imports from beside itself is read by the ordinary importer, whose cache is as coarse."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _load_own(directory: Path, folder: str, name: str) -> ModuleType:
    module_name = f"{_OWN}.{folder}.{name}"
    path = directory / f"{name}.py"
    if not path.is_file():
        path = directory / name / "__init__.py"
    loaded = sys.modules.get(module_name)
    if loaded is not None and loaded.__file__ == str(path):
        return loaded
    loader = _Source(module_name, str(path))
    spec = importlib.util.spec_from_file_location(module_name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        with _no_bytecode():
            loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module_name]
        raise FaultyFiles([_fault(path, error)]) from error
    return module


def _fault(path: Path, error: BaseException) -> FileFault:
    """Where in the project's file, or in those beside it, the import failed, and what helps."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return FileFault(
            Path(error.filename),
            error.lineno or 1,
            f"Python syntax error: {error.msg}",
            "check this line and the one above",
            error.offset,
        )
    frames = [
        (Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    own = [frame for frame in frames if frame[0].is_relative_to(path.parent)]
    where, line = own[-1] if own else (path, 1)
    remedy = "fix it here"
    if isinstance(error, ModuleNotFoundError):
        remedy = f"install what brings {error.name} into ORION's environment, or fix the name"
    return FileFault(where, line, f"{type(error).__name__}: {error}", remedy)
