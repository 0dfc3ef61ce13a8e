"""`orion doctor`: which engine serves what and why, what is missing, and which keys the vendors take."""

from __future__ import annotations

import argparse

from orion.cli import models
from orion.errors import OrionError
from orion.settings import ProviderSettings, Settings

Row = tuple[str, str | None, str]
"""A part, what serves it (None: nothing does), and why."""
_KINDS = {"stt": "speech to text", "llm": "agent", "tts": "text to speech"}


async def run(settings: Settings, _arguments: argparse.Namespace) -> int:
    """Tell it, a line a part; 1 if a voice session could not run, or a key that was entered does not work."""
    from orion.media import models as media
    from orion.store import database

    rows = await _engines(settings)
    rows += [(f"agent {agent}", None, lack) for agent, lack in models.unserved(settings)]
    rows += [*media.report(), database.report(settings), *await _entered(settings)]
    for part, name, reason in rows:
        print(f"{'ok ' if name else 'NO '} {part:<16} {name or '-':<14} {reason}")
    return 0 if all(name for _, name, _ in rows) else 1


async def _engines(settings: Settings) -> list[Row]:
    """What serves by the server's own settings."""
    from orion import providers
    from orion.providers import _listing as listing

    rows: list[Row] = []
    engines = {(engine.kind, engine.provider): engine for engine in await listing.engines(settings)}
    await listing.close()
    for kind in providers.KINDS:
        choice = providers.choose(settings, kind)
        engine = engines.get((kind, choice.provider or ""))
        if engine and engine.problem:
            rows.append((_KINDS[kind], None, f"{choice.provider} is chosen, but: {engine.problem}"))
        else:
            rows.append((_KINDS[kind], choice.provider, choice.reason + models.better(settings, choice)))
        if choice.provider:
            behind = providers.order(settings, kind)[1:]
            rows += [(f"  fail-over {n}", c.provider, c.reason) for n, c in enumerate(behind, 1)]
    return rows


async def _entered(settings: Settings) -> list[Row]:
    """What admins have entered for their workspaces, where the database can be reached; no key is shown."""
    from orion.providers import _listing as listing
    from orion.providers._entered import of_workspace
    from orion.store.database import entered_keys
    from orion.store.secrets import SecretKeys

    try:
        entered = await entered_keys(settings)
    except OrionError as error:
        return [("entered keys", None, f"the database tells none: {error.detail}")]
    rows: list[Row] = []
    for workspace, keys in entered.items():
        own = of_workspace(settings, keys, SecretKeys.of(settings))
        for name in (key.provider for key in keys):
            if own.provider(name) == ProviderSettings():
                problem: str | None = "the key cannot be opened with ORION_SECRET_KEYS; enter it again"
            else:
                problem = await listing.problem(own, name)
            told = f"{name}, for the workspace {workspace}: {problem}"
            rows.append(("entered key", None if problem else name, told if problem else f"for {workspace}"))
        await listing.close()
    return rows
