"""`orion doctor`: which engine serves what and why, what is missing, and which keys the vendors take."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orion.cli import models, serving
from orion.errors import OrionError
from orion.settings import ProviderSettings, Settings

if TYPE_CHECKING:
    from orion.providers import Choice
    from orion.providers._in_use import InUse

Row = tuple[str, str | None, str]
"""A part, what serves it (None: nothing does), and why."""
_KINDS = {"stt": "speech to text", "llm": "agent", "tts": "text to speech"}


async def run(settings: Settings, _arguments: argparse.Namespace) -> int:
    """Tell it, a line a part; 1 if a voice session could not run, or a key that was entered does not work."""
    from orion.media import models as media
    from orion.providers import _in_use as in_use
    from orion.store import database

    rows = await _engines(settings)
    rows += [(f"agent {agent}", None, lack) for agent, lack in models.unserved(settings)]
    rows += [*media.report(), database.report(settings), *await _entered(settings)]
    rows += [_keys(settings), _address(settings), _ice(settings)]
    used = await in_use.in_use(settings)
    rows.insert(_after_engines(rows), _memory(settings, used[-1]))
    for part, name, reason in rows:
        print(f"{'ok ' if name else 'NO '} {part:<16} {name or '-':<14} {reason}")
    _tell_better(used)
    return 0 if all(name for _, name, _ in rows) else 1


def _after_engines(rows: list[Row]) -> int:
    """Where the memory's row stands: behind those of the engines and their fail-overs."""
    return 1 + max(n for n, row in enumerate(rows) if row[0] in _KINDS.values() or row[0].startswith("  "))


def _memory(settings: Settings, memory: InUse) -> Row:
    where = "; if the database has pgvector" if memory.provider and settings.database_url else ""
    return "memory", memory.provider or "words", f"memories are found {memory.name}{where}"


def _tell_better(used: list[InUse]) -> None:
    """The short list of what one command or one key would improve; nothing where nothing would."""
    called = {**_KINDS, "memory": "memory"}
    for note in (f"{called[part.kind]}: {part.note}" for part in used if part.note):
        print(f"\n{note}")
    offers = [(called[part.kind], offer) for part in used for offer in part.better]
    if offers:
        print("\nBetter by one command, or one key in the environment or .env (no download was ever tried):")
    for called_so, offer in offers:
        print(f"  {called_so}: {offer.gain}\n      {offer.command}")


def _keys(settings: Settings) -> Row:
    """The vendors whose key is set; no key is shown."""
    found = sorted(name.lower() for name, provider in settings.providers.items() if provider.key)
    told = (
        "set in the environment or .env; never tried by this command" if found else "none set; none is needed"
    )
    return "vendor keys", ", ".join(found) or "-none-", told


def _address(settings: Settings) -> Row:
    """Where it would serve, and whether a browser gives its microphone there (W3C Secure Contexts, 3.1)."""
    url = serving.address(settings)
    host = (urlsplit(url).hostname or "").lower()
    safe = url.startswith("https:") or host in {"localhost", "::1"} or host.startswith("127.")
    told = "browsers allow the microphone here"
    if not safe:
        told = "browsers refuse the microphone here: give --tls-cert and --tls-key, or ORION_PUBLIC_URL=https://..."
    return "address", url, told


def _ice(settings: Settings) -> Row:
    """How media finds its way."""
    if settings.turn_urls or settings.ice_servers:
        only = "; all media goes by a relay" if settings.ice_policy == "relay" else ""
        return "ICE", "STUN/TURN", f"servers are given to pages that join{only}"
    told = "direct connections only; behind NAT: ORION_ICE_PUBLIC_IP, or ORION_TURN_URLS (docs/deploy.md)"
    return "ICE", "direct", told


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
            rows.append((_KINDS[kind], choice.provider, _reason(settings, choice)))
        if choice.provider:
            behind = providers.order(settings, kind)[1:]
            rows += [(f"  fail-over {n}", c.provider, c.reason) for n, c in enumerate(behind, 1)]
    return rows


def _reason(settings: Settings, choice: Choice) -> str:
    named = choice.reason.startswith("named")
    built_in = choice.provider is not None and models.is_embedded(settings, choice.provider)
    return "built in, no key needed" if built_in and not named else choice.reason


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
