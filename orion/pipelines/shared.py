"""What all calls of a process share: settings, database, agents and tools, checks, records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orion import guardrails, providers, tools
from orion.agents import prompts
from orion.agents.prompts import Prompt
from orion.agents.recollection import Recollection
from orion.agents.roster import Roster
from orion.agents.tool_rows import Outside
from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedClient
from orion.pipelines.catalogue import Catalogue
from orion.pipelines.feed import Feed
from orion.pipelines.meter import Meter
from orion.pipelines.writer import Writer
from orion.providers._started import Started
from orion.settings import Settings
from orion.store.database import Database
from orion.store.secrets import SecretKeys


@dataclass(frozen=True, slots=True)
class Shared:
    """What all calls of a process share."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    checks: Mapping[str, guardrails.Check]
    recollection: Recollection
    feed: Feed
    writer: Writer
    prompts: Mapping[str, Prompt]
    meter: Meter = field(default_factory=Meter)
    started: Started = field(default_factory=Started)


def load_shared(
    settings: Settings,
    database: Database,
    writer: Writer,
    embedder: providers.Embedder | None = None,
    started: Started | None = None,
) -> Shared:
    """Load agents, tools and checks: built in, and of the project. Raises StartError for a bad one."""
    project: Path | None = settings.project
    client = GuardedClient(AllowedHosts(settings.tool_allowed_hosts))
    outside = Outside(client, SecretKeys.of(settings), settings.mcp_commands)
    return Shared(
        settings=settings,
        database=database,
        catalogue=Catalogue(database, Roster.load(project), tools.load_all(project), outside, settings),
        checks=guardrails.load_all(project),
        recollection=Recollection(database, embedder),
        feed=Feed(),
        writer=writer,
        started=started or Started(),
        prompts=prompts.load(project),
    )
