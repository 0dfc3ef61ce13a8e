"""`orion agents validate`: what is wrong in agent files, or in all files of the project, by file and line."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from orion import registry
from orion.errors import FileFault, OrionError, StartError
from orion.settings import Settings

_VOICES_SECS = 3.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("action", choices=["validate"])
    parser.add_argument("files", nargs="*", type=Path, help="agent files; without any, the whole project")
    parser.add_argument("--json", action="store_true", help="faults as JSON, for editors")


async def run(settings: Settings, given: argparse.Namespace) -> int:
    """Print the faults, one a line: `file:line: what, remedy`; 1 if there are any."""
    if given.files:
        faults, count = await _of_files(settings, given.files), len(given.files)
    elif settings.project is not None:
        faults, count = await _of_project(settings, settings.project)
    else:
        raise StartError("there is no project here; name files, or the project: --project DIR")
    if given.json:
        print(json.dumps([_as_json(fault) for fault in faults], indent=2))
    else:
        files = "1 file is" if count == 1 else f"{count} files are"
        print("\n".join(map(str, faults)) or f"{files} valid.")
    return 1 if faults else 0


async def _of_files(settings: Settings, paths: list[Path]) -> list[FileFault]:
    from orion.agents import roster

    voices = await _voices(settings)
    agents = {*roster.names(settings.project), *(path.stem for path in paths)}
    return [fault for path in paths for fault in roster.validate(path, settings.project, agents, voices)]


async def _of_project(settings: Settings, project: Path) -> tuple[list[FileFault], int]:
    from orion.agents import roster
    from orion.pipelines import files

    found = dict.fromkeys(files.faults(project))
    if not any(fault.path.parent.name == "providers" for fault in found):
        found |= dict.fromkeys(roster.faults(project, await _voices(settings)))
    found |= dict.fromkeys(registry.unread(project))
    folders = ("tools", "guardrails", "providers", "transports")
    own = [path for folder in folders for path in (project / folder).glob("[!_]*.py")]
    count = len(own) + len(list((project / "agents").glob("*.yaml")))
    return sorted(found, key=lambda fault: (str(fault.path), fault.line)), count


async def _voices(settings: Settings) -> dict[str, set[str]]:
    """The voices of the providers that tell theirs within a few seconds; the others are not looked at."""
    from orion import providers

    async def told(name: str) -> set[str]:
        try:
            async with asyncio.timeout(_VOICES_SECS):
                return {voice.id for voice in await providers.module(settings, name).voices(settings)}
        except (OrionError, TimeoutError):
            return set()

    try:
        names = [
            name
            for name in registry.names("providers", settings.project)
            if hasattr(module := providers.module(settings, name), "voices")
            and providers.lack(settings, "tts", name) is None
            and hasattr(module, "tts")
        ]
    except StartError:  # told by those who read the file
        return {}
    found = dict(zip(names, await asyncio.gather(*map(told, names)), strict=True))
    return {name: voices for name, voices in found.items() if voices}


def _as_json(fault: FileFault) -> dict[str, object]:
    return {
        "file": str(fault.path),
        "line": fault.line,
        "column": fault.column,
        "what": fault.what,
        "remedy": fault.remedy,
    }
