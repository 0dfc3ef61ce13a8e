"""Tools: those of files, which are read here alone, and those as data, which admins write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ValidationError

from orion.agents.timer_book import TimerBook
from orion.agents.tool_fields import ToolFields, mcp_name
from orion.agents.tool_rows import names, offered_names, refused
from orion.api.access import AdminDep, Parts, PartsDep, StoreDep, needs
from orion.api.fields import JSON_NUMBER, Flag, Limit, example
from orion.api.idempotency import KeyedRoute
from orion.api.openapi import fails
from orion.api.tool_bodies import ToolBody, ToolPage, body_of, body_of_file
from orion.api.tool_checks import checked, invalid
from orion.domain import wire
from orion.domain.identity import Principal, Scope, new_id
from orion.domain.tool import Risk, ToolCall, ToolCallStatus, ToolKind, ToolRow
from orion.errors import Conflict, FieldProblem, Invalid, NotFound
from orion.pipelines.tool_context import Requests, SessionTools
from orion.processors.tool_call import ToolCaller
from orion.store.store import Store

router = APIRouter(
    prefix="/api/v1/tools",
    tags=["tools"],
    route_class=KeyedRoute,
    dependencies=[Depends(needs(Scope.TOOLS, Scope.ADMIN))],
)

_MOST_TOOLS = 200
_ATTEMPTS = 10
"""How often a change is made anew, because another one was faster."""

ToolId = Annotated[str, Path(min_length=1, max_length=64)]


class ToolChange(BaseModel):
    """What of a tool shall change: fields that are there, `config` as a whole."""

    model_config = example({"description": "Tells the weather of a town, now.", "enabled": False}, "forbid")

    name: str = ""
    description: str = ""
    examples: list[str] = []
    parameters: dict[str, Any] = {}
    kind: Literal["http", "mcp"] = "http"
    config: dict[str, Any] = {}
    say: str = ""
    risk: Risk = Risk.READ
    timeout_secs: Annotated[float, JSON_NUMBER] = 10.0
    enabled: Flag = True


class Trial(BaseModel):
    """A call outside any conversation; `tool` is one of an MCP server's, without it they are listed anew."""

    model_config = example({"arguments": {"town": "Trondheim"}}, "forbid")

    arguments: dict[str, Any] = {}
    tool: str | None = None


class Outcome(BaseModel):
    """What came of a call; `duration_ms` in milliseconds."""

    model_config = example({"status": "done", "result": {"degrees": -3}, "error": None, "duration_ms": 84.1})

    status: ToolCallStatus
    result: Any
    error: str | None
    duration_ms: float | None


@router.get("", response_model=ToolPage)
async def list_tools(
    parts: PartsDep,
    store: StoreDep,
    limit: Limit = 100,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Any:
    """All tools by name: built in, of the project, and the workspace's own."""
    found = [body_of_file(runnable.tool) for runnable in parts.calls.shared.catalogue.files.tools.values()]
    found += [body_of(row) for row in await store.tools.all()]
    found.sort(key=lambda body: str(body["name"]))
    left = [body for body in found if cursor is None or body["name"] > cursor]
    return {"items": left[:limit], "next_cursor": left[limit - 1]["name"] if len(left) > limit else None}


@router.get("/{tool_id}", response_model=ToolBody)
async def get_tool(tool_id: ToolId, parts: PartsDep, store: StoreDep) -> Any:
    """One tool."""
    runnable = parts.calls.shared.catalogue.files.tools.get(tool_id)
    return body_of_file(runnable.tool) if runnable else body_of(await store.tools.get(_row_id(tool_id)))


@router.post("", status_code=201, response_model=ToolBody, responses=fails(Conflict))
async def create(body: ToolFields, caller: AdminDep, parts: PartsDep) -> Any:
    """Make a tool; the agents of the workspace that have all tools have it from their next turn on."""
    assert caller.workspace_id is not None
    now = datetime.now(UTC)
    row = await checked(
        parts,
        body,
        ToolRow(
            new_id(), caller.workspace_id, body.name, body.description, ToolKind(body.kind), {}, now, now
        ),
    )
    async with parts.database.transaction(caller) as store:
        await store.tools.lock(caller.workspace_id)
        await _refuse_taken(parts, store, row)
        await store.tools.add(row)
    await parts.calls.tools_changed(caller.workspace_id)
    return body_of(row)


@router.patch("/{tool_id}", response_model=ToolBody, responses=fails(Conflict))
async def change(tool_id: ToolId, body: ToolChange, caller: AdminDep, parts: PartsDep) -> Any:
    """Change a tool: what is not named stays, a header's value of `***` too.

    Of changes at the same time none is lost: each is made to the tool as the one before left it.
    """
    for _ in range(_ATTEMPTS):
        row = await _changed(parts, caller, tool_id, body)
        if row is not None:
            await parts.calls.tools_changed(row.workspace_id)
            return body_of(row)
    raise Conflict("others keep changing this tool; try again")


async def _changed(parts: Parts, caller: Principal, tool_id: str, body: ToolChange) -> ToolRow | None:
    """The tool with the change; None if somebody else changed it while this one was checked."""
    before = await _own_row(parts, caller, tool_id)
    fields = {name: value for name, value in body_of(before).items() if name in ToolFields.model_fields}
    try:
        wanted = ToolFields.model_validate({**fields, **body.model_dump(exclude_unset=True)})
    except ValidationError as error:
        raise invalid(error, "", ToolFields) from error
    row = await checked(parts, wanted, before)
    async with parts.database.transaction(caller) as store:
        await store.tools.lock(row.workspace_id)
        await _refuse_taken(parts, store, row)
        return row if await store.tools.replace(row, before=before) else None


@router.delete("/{tool_id}", status_code=204, responses=fails(Conflict))
async def delete(tool_id: ToolId, caller: AdminDep, parts: PartsDep) -> Response:
    """Delete a tool; no agent has it from the next turn on."""
    row = await _own_row(parts, caller, tool_id)
    async with parts.database.transaction(caller) as store:
        await store.tools.delete(row.id)
    await parts.calls.tools_changed(row.workspace_id)
    return Response(status_code=204)


@router.post("/{tool_id}/test", response_model=Outcome, responses=fails(Conflict))
async def test(tool_id: ToolId, body: Trial, caller: AdminDep, parts: PartsDep) -> Any:
    """Call a tool as it is, enabled or not. Of an MCP server without `tool`: look anew at what it offers."""
    row = await _own_row(parts, caller, tool_id)
    outside = parts.calls.shared.catalogue.outside
    if row.kind is ToolKind.MCP and body.tool is None:
        return await _looked(parts, caller, row)
    tools = {runnable.tool.name: runnable for runnable in outside.runnables(row)}
    name = row.name if row.kind is ToolKind.HTTP else str(body.tool)
    name = name if name in tools else mcp_name(row.name, name)
    if name not in tools:
        detail = f"there is no {name!r}; there are: {', '.join(tools)}"
        raise Invalid(detail, problems=[FieldProblem("/tool", detail)])
    session_id, silent = new_id(), lambda _secs, _words: None
    timers = TimerBook(parts.database, caller, session_id, "")
    shared = parts.calls.shared
    context = SessionTools(shared.recollection, caller, session_id, Requests(), silent, timers=timers)
    trial = ToolCaller(tools, context.for_call, _unrecorded)
    # An admin has asked for just this call.
    call = await trial.run(tools[name], "test", body.arguments, approved=True)
    shown = wire.tool_call(call)
    return {key: shown[key] for key in ("status", "result", "error", "duration_ms")}


async def _looked(parts: Parts, caller: Principal, row: ToolRow) -> dict[str, Any]:
    """The outcome of a new look at what an MCP server offers; of the tool nothing else is written."""
    offered = await parts.calls.shared.catalogue.outside.offered(row)
    async with parts.database.transaction(caller) as store:
        await store.tools.lock(row.workspace_id)
        now = await store.tools.offer(row, offered)
        if now is None:
            raise Conflict("the tool was changed while its server was asked; test it again")
        await _refuse_taken(parts, store, now)
    await parts.calls.tools_changed(now.workspace_id)
    offer = {"tools": names(now), "offered": offered_names(now), "refused": refused(now)}
    return {"status": "done", "result": offer, "error": None, "duration_ms": None}


async def _unrecorded(_call: ToolCall) -> None:
    """Nobody is told of a trial."""


async def _own_row(parts: Parts, caller: Principal, tool_id: str) -> ToolRow:
    """A row that can be changed. Raises Conflict for a tool of a file, NotFound where there is none."""
    if tool_id in parts.calls.shared.catalogue.files.tools:
        raise Conflict(f"{tool_id} is a tool of the server's files; it cannot be changed here")
    async with parts.database.transaction(caller) as store:
        return await store.tools.get(_row_id(tool_id))


def _row_id(tool_id: str) -> UUID:
    try:
        return UUID(tool_id)
    except ValueError:
        raise NotFound("no such tool") from None


async def _refuse_taken(parts: Parts, store: Store, row: ToolRow) -> None:
    """Raise Conflict where a name of the row is that of another tool, or there are too many tools."""
    others = [other for other in await store.tools.all() if other.id != row.id]
    taken = {*parts.calls.shared.catalogue.files.tools, *(name for other in others for name in names(other))}
    taken |= {other.name for other in others}
    ours = [row.name, *(name for name in names(row) if name != row.name)]
    doubled = [name for index, name in enumerate(ours) if name in taken or name in ours[:index]]
    if doubled:
        raise Conflict(f"there is a tool {doubled[0]!r} already")
    if len(others) >= _MOST_TOOLS:
        raise Conflict(f"a workspace has at most {_MOST_TOOLS} tools")
