"""The composition root: builds the parts, mounts the routers, closes in reverse. It knows everyone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from orion import __version__, providers, registry
from orion.api import openapi, problems
from orion.api.access import Parts
from orion.api.credentials.revocation import Revocation
from orion.api.credentials.room_tokens import RoomTokens
from orion.api.credentials.tokens import AccessTokens, digest, new_token
from orion.api.requests.hosts import LoopbackHosts, host_of
from orion.api.requests.limits import Limits
from orion.api.requests.proxies import Proxies
from orion.api.requests.shield import Shield
from orion.api.routers import (
    agents,
    api_keys,
    approvals,
    audit,
    auth,
    connect,
    console,
    erasure,
    events,
    health,
    ice,
    invitations,
    memories,
    messages,
    metrics,
    plans,
    rooms,
    sessions,
    tools,
    usage,
    users,
    webhooks,
)
from orion.api.routers import providers as engines
from orion.domain.identity import Principal
from orion.media import ice_sockets, memory, models
from orion.nodes.plans import PlanNode
from orion.nodes.timers import Ringer
from orion.nodes.webhooks import WebhookDeliveries
from orion.pipelines.calls import Calls
from orion.pipelines.records.writer import Writer
from orion.pipelines.shared import Shared, load_shared
from orion.providers import _listing as listing
from orion.providers._embedding import embedder as embedder_of
from orion.providers._started import Started
from orion.settings import Settings
from orion.store.database import Database
from orion.store.secrets import kept_secret
from orion.tools import phrases

_SIGN_IN_MINUTES = 5


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application; its parts are built when it starts, and closed in reverse when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.parts = await _build(settings, stack)
            yield

    app = FastAPI(
        title="ORION",
        version=__version__,
        summary="The voice agent server that people own",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=openapi.operation_id,
    )
    problems.install(app)
    openapi.install(app)
    accounts = (auth, api_keys, invitations, users, erasure, audit)
    conversations = (sessions, messages, rooms, connect, memories, events, webhooks, plans, approvals)
    for module in (*accounts, *conversations, usage, agents, engines, tools, ice, health, metrics, problems):
        app.include_router(module.router)
    for name in registry.names("transports", settings.project):
        app.include_router(registry.load("transports", name, settings.project).router)
    app.include_router(console.router)
    if settings.frontend_urls:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.frontend_urls),
            allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-API-Key"],
            expose_headers=[
                "X-Request-ID",
                "Retry-After",
                "RateLimit",
                "RateLimit-Policy",
                "Idempotency-Replayed",
            ],
        )
    if settings.this_machine_only and settings.registration is None:
        app.add_middleware(LoopbackHosts, also=[host_of(origin) for origin in settings.frontend_urls])
    app.add_middleware(Shield, always_https=settings.always_https)
    app.add_middleware(Proxies, trusted=settings.trusted_proxies)
    return app


async def _build(settings: Settings, stack: AsyncExitStack) -> Parts:
    """Build the parts, lowest floor first; the stack closes what was built, also after a failure."""
    memory.return_large_buffers()
    ice_sockets.use(settings.ice_hosts, settings.udp_ports, settings.ice_public_ip)
    database = await Database.open(settings)
    stack.push_async_callback(database.close)
    models.load()
    started = Started()
    stack.push_async_callback(started.close)
    stack.push_async_callback(listing.close)
    await started.start(settings, _serving(settings))
    writer = Writer(database)
    writer.start()
    stack.push_async_callback(writer.stop)
    embedder = embedder_of(settings)
    if embedder is not None:
        stack.push_async_callback(embedder.close)
    shared = load_shared(settings, database, writer, embedder, started)
    stack.push_async_callback(shared.catalogue.close)
    modules = [providers.module(settings, name) for name in sorted(_serving(settings))]
    recognisers = [module for module in modules if hasattr(module, "expect")]

    async def expect() -> None:
        """Let the recognisers listen for what people may say to the tools that there are now."""
        for recogniser in recognisers:
            await recogniser.expect(settings, phrases(await calls.shared.catalogue.of_all()))

    calls = Calls(shared, expect)
    await expect()
    ringer = Ringer(database, calls)
    stack.push_async_callback(ringer.close)
    calls.start()
    stack.push_async_callback(calls.close)
    memory.give_back(for_good=True)
    calls.plans = node = PlanNode.of(calls, ringer.beat)
    await node.start()
    stack.push_async_callback(node.close)
    revocation = Revocation(database, calls)
    revocation.start()
    stack.push_async_callback(revocation.close)
    limits = Limits(database, settings)
    limits.start()
    stack.push_async_callback(limits.close)
    await _start_webhooks(shared, stack)
    keys = tuple(
        key.encode() for key in settings.jwt_keys or (kept_secret(settings.data_dir / "jwt-secret"),)
    )
    tokens = AccessTokens(keys, settings.jwt_expires_secs)
    return Parts(settings, database, calls, tokens, RoomTokens(keys), limits, node, new_token())


async def _start_webhooks(shared: Shared, stack: AsyncExitStack) -> None:
    """Begin to deliver to webhooks, which may be wherever tools may be, and nowhere else."""
    outside = shared.catalogue.outside
    client = await stack.enter_async_context(outside.client.client())
    deliveries = WebhookDeliveries(shared.database, client, outside.keys.open)
    deliveries.start()
    stack.push_async_callback(deliveries.close)


def _serving(settings: Settings) -> set[str]:
    """The providers of all orders; a kind that none serves is told by `/readyz`."""
    kinds = [kind for kind in providers.KINDS if providers.choose(settings, kind).provider]
    return {str(choice.provider) for kind in kinds for choice in providers.order(settings, kind)}


async def sign_in_link(app: FastAPI, base_url: str) -> str:
    """A link that signs the first admin in, once, within five minutes. It is printed, never logged."""
    parts: Parts = app.state.parts
    token = new_token()
    expires_at = datetime.now(UTC) + timedelta(minutes=_SIGN_IN_MINUTES)
    async with parts.database.transaction(Principal.system("log-in")) as store:
        await store.tokens.add_sign_in(digest(token), expires_at)
    return f"{base_url}/?token={token}"
