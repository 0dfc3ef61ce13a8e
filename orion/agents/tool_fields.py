"""What a tool as data may hold: its fields, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orion.agents import parameters
from orion.agents.json_types import JSON_NUMBER, Flag
from orion.domain.tool import Risk
from orion.errors import FieldProblem
from orion.net import http_tool
from orion.net.addresses import AllowedHosts
from orion.net.client import unreachable

MAX_NAME_CHARS = 64
"""Language models take no longer names of functions."""
MAX_ALLOWED = 128
"""Tools of one server: OpenAI takes no more in a request."""
ALL = "*"
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}\Z")
_ENV_VALUE = re.compile(r"[^\x00\ud800-\udfff]{1,8192}\Z")
_NO_ENV = re.compile(
    r"(LD|DYLD|PYTHON|PYENV|PIP|UV|VIRTUAL|CONDA|NODE|NPM|NVM|YARN|PNPM|BUN|DENO|RUBY|GEM|BUNDLE|PERL|PERL5|"
    r"LUA|PHP|JAVA|JDK|JRE|MAVEN|DOTNET|COMPLUS|CORECLR|MONO|GO|CARGO|RUST|RUSTC|BASH|ZSH|KSH|GIT|SSH|"
    r"GLIBC|MALLOC|GCONV|OPENSSL|SSL|CURL|REQUESTS|XDG|DBUS|SYSTEMD|DOCKER|ORION|ERL|ELIXIR|JULIA|R|TCL|"
    r"TS_NODE|TSX|ELECTRON|VOLTA|COREPACK|MISE|ASDF|NIX)(_.*|$)"
    r"|(LD|DYLD|PYTHON|NODE|PERL|RUBY|GEM|LUA|PHP|GO|BASH|JAVA|SSL|TCL)[A-Z0-9]*$"
    r"|(.*_)?(PATH|PROXY|PRELOAD|TOOL_OPTIONS|JAVA_OPTIONS|OPTS)$"
    r"|(HOME|USER|LOGNAME|SHELL|ENV|IFS|PS[0-9]|PWD|TMP|TEMP|TMPDIR|TERM|TERMINFO|TERMCAP|LANG|LANGUAGE|"
    r"LC_.*|TZ|TZDIR|NLSPATH|LOCPATH|CLASSPATH|EDITOR|VISUAL|PAGER|BROWSER|HOSTALIASES|RES_OPTIONS|"
    r"LOCALDOMAIN|PROMPT_COMMAND|CDPATH|SHELLOPTS|BASHOPTS|DISPLAY)$"
)
"""What changes which code a program runs, where it looks for it, or whom it trusts."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,4096}\Z")
_OUR_HEADERS = frozenset(
    "accept-encoding connection content-length content-type expect host idempotency-key keep-alive "
    "proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split()
)
_SAY_PLACES = re.compile(r"\{\w+\}")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=MAX_NAME_CHARS)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Headers = Annotated[dict[str, str], Field(max_length=20)]
EXAMPLE_TOOL: dict[str, Any] = {
    "name": "weather",
    "description": "Tells the weather of a town.",
    "examples": ["how is the weather in Trondheim"],
    "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
    "kind": "http",
    "config": {"method": "GET", "url": "https://weather.example.org/{town}", "select": "now"},
    "risk": "read",
    "timeout_secs": 5.0,
}


class HttpConfig(BaseModel):
    """A request to a web service; `select` is a path like `items.0.name`, or a JSON pointer.

    `idempotent` says that the service honours `Idempotency-Key`: a plan may then repeat a request.
    """

    model_config = ConfigDict(extra="forbid")

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    headers: Headers = {}
    select: str = ""
    idempotent: Flag = False

    @property
    def secrets(self) -> dict[str, str]:
        """What is kept sealed, by name."""
        return self.headers


class McpConfig(BaseModel):
    """A server of the Model Context Protocol, and the tools of it that agents may have."""

    model_config = ConfigDict(extra="forbid")

    transport: Literal["stdio", "http"]
    command: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None
    headers: Headers = {}
    env: Headers = {}
    """Environment variables of a program, kept sealed as headers are."""
    allow: Annotated[
        list[Annotated[str, StringConstraints(max_length=128)]],
        Field(min_length=1, max_length=MAX_ALLOWED),
    ]
    """The tools by the server's names, or `*` alone for all that can be used."""

    @property
    def secrets(self) -> dict[str, str]:
        """What is kept sealed, by name: headers of a server, variables of a program."""
        return self.env if self.transport == "stdio" else self.headers


class ToolFields(BaseModel):
    """What a tool as data holds; `config` is checked by its kind."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_TOOL]})

    name: Name
    description: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    examples: Annotated[list[Phrase], Field(max_length=50)] = []
    parameters: dict[str, Any] = {}
    kind: Literal["http", "mcp"]
    config: dict[str, Any]
    say: Annotated[str, StringConstraints(max_length=500)] = ""
    risk: Risk = Risk.READ
    timeout_secs: Annotated[float, Field(gt=0, le=60), JSON_NUMBER] = 10.0
    enabled: Flag = True


def mcp_name(row_name: str, tool_name: str) -> str:
    """What models call a tool of a server: `<row>_<tool>`, in lower case, digits and underscores."""
    return f"{row_name}_{re.sub('[^a-z0-9]+', '_', tool_name.lower()).strip('_')}"


def problems(
    config: HttpConfig | McpConfig, fields: ToolFields, allowed: AllowedHosts, commands: Collection[str]
) -> list[FieldProblem]:
    """What is wrong with a tool beyond the types of its fields, with pointers into the request."""
    found = list(_header_problems(config.headers))
    if set(_SAY_PLACES.sub("", fields.say)) & set("{}"):
        found.append(FieldProblem("/say", "places are written {name}"))
    if isinstance(config, HttpConfig):
        found += parameters.problems(fields.parameters)
        found += _http_problems(config, fields.parameters, allowed)
    else:
        found += _mcp_problems(config, fields, allowed, commands)
    return found


def _header_problems(headers: Mapping[str, str]) -> Iterable[FieldProblem]:
    for name, value in headers.items():
        at = f"/config/headers/{name.replace('~', '~0').replace('/', '~1')}"
        if not _HEADER_NAME.match(name):
            yield FieldProblem(at, "this is no header name")
        elif name.lower() in _OUR_HEADERS:
            yield FieldProblem(at, "this header is ORION's own")
        elif not _HEADER_VALUE.match(value):
            yield FieldProblem(at, "a header's value is 1 to 4096 printable ASCII characters")
    if len({name.lower() for name in headers}) < len(headers):
        yield FieldProblem("/config/headers", "a header stands there twice")


def _http_problems(
    config: HttpConfig, schema: dict[str, Any], allowed: AllowedHosts
) -> Iterable[FieldProblem]:
    if refusal := http_tool.refuse_select(config.select):
        yield FieldProblem("/config/select", refusal)
    refusal = http_tool.refuse_template(config.url) or unreachable(http_tool.place_free(config.url), allowed)
    if refusal:
        yield FieldProblem("/config/url", refusal)
        return
    properties, required = schema.get("properties", {}), schema.get("required", [])
    for name in http_tool.places(config.url):
        if not isinstance(properties, dict) or name not in properties:
            yield FieldProblem("/config/url", f"{{{name}}} is none of the parameters")
        elif name in http_tool.places(config.url.partition("?")[0]) and not (
            isinstance(required, list) and name in required
        ):
            yield FieldProblem("/config/url", f"{{{name}}} stands in the path, so it must be required")


def _mcp_problems(
    config: McpConfig, fields: ToolFields, allowed: AllowedHosts, commands: Collection[str]
) -> Iterable[FieldProblem]:
    if fields.parameters:
        yield FieldProblem("/parameters", "the server's own schemas count")
    if len(set(config.allow)) < len(config.allow):
        yield FieldProblem("/config/allow", "a tool stands there twice")
    if ALL in config.allow and len(config.allow) > 1:
        yield FieldProblem("/config/allow", "`*` stands alone: it allows all")
    for index, name in enumerate(config.allow):
        if len(mcp_name(fields.name, name)) > MAX_NAME_CHARS:
            yield FieldProblem(f"/config/allow/{index}", "its name with the tool's is too long")
    if config.transport == "http":
        yield from _server_problems(config, allowed)
        return
    if config.command not in commands:
        yield FieldProblem("/config/command", "this is none of ORION_MCP_COMMANDS")
    if config.url is not None or config.headers:
        yield FieldProblem("/config", "stdio has a command, no url and no headers; secrets go into env")
    yield from _env_problems(config.env)


def _env_problems(env: Mapping[str, str]) -> Iterable[FieldProblem]:
    for name, value in env.items():
        at = f"/config/env/{name.replace('~', '~0').replace('/', '~1')}"
        if not _ENV_NAME.match(name):
            yield FieldProblem(at, "a name is of A to Z, 0 to 9 and _, and begins with a letter")
        elif _NO_ENV.match(name):
            yield FieldProblem(
                at, "this may change what the program runs; set it in ORION_MCP_COMMANDS's program"
            )
        elif not _ENV_VALUE.match(value):
            yield FieldProblem(at, "a value is a text of 1 to 8192 characters")


def _server_problems(config: McpConfig, allowed: AllowedHosts) -> Iterable[FieldProblem]:
    if config.command is not None or config.url is None:
        yield FieldProblem("/config", "http has a url and no command")
    elif config.env:
        yield FieldProblem("/config/env", "env is for programs; http has headers")
    elif refusal := http_tool.refuse_template(config.url) or unreachable(config.url, allowed):
        yield FieldProblem("/config/url", refusal)
    elif http_tool.places(config.url):
        yield FieldProblem("/config/url", "the address of a server has no places")
