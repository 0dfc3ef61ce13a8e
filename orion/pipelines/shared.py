"""What all calls of a process share: settings, database, agents and tools, checks, records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orion import guardrails, providers
from orion.agents.prompts import Prompt
from orion.agents.recollection import Recollection
from orion.agents.tool_rows import Outside
from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedClient
from orion.pipelines.catalogue import Catalogue
from orion.pipelines.files import Files
from orion.pipelines.records.feed import Feed
from orion.pipelines.records.meter import Meter
from orion.pipelines.records.writer import Writer
from orion.pipelines.waiting_calls import WaitingCalls
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
    waiting: WaitingCalls
    meter: Meter = field(default_factory=Meter)
    started: Started = field(default_factory=Started)

    def with_files(self, files: Files) -> Shared:
        """The same over other files, for the calls that begin from now on; live ones keep theirs."""
        catalogue = self.catalogue.with_files(files.roster, files.tools)
        return replace(self, catalogue=catalogue, checks=files.checks, prompts=files.prompts)


def load_shared(
    settings: Settings,
    database: Database,
    writer: Writer,
    embedder: providers.Embedder | None = None,
    started: Started | None = None,
) -> Shared:
    """Load agents, tools and checks: built in, and of the project. Raises StartError for a bad one."""
    files = Files.load(settings.project)
    client = GuardedClient(AllowedHosts(settings.tool_allowed_hosts))
    feed = Feed()
    outside = Outside(client, SecretKeys.of(settings), settings.mcp_commands)
    return Shared(
        settings=settings,
        database=database,
        catalogue=Catalogue(database, files.roster, files.tools, outside, settings),
        checks=files.checks,
        recollection=Recollection(database, embedder),
        feed=feed,
        writer=writer,
        prompts=files.prompts,
        waiting=WaitingCalls(database, feed, writer),
        started=started or Started(),
    )
