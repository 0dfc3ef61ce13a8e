"""The server's settings: frozen, read once at start; the only reader of the environment.

Names and defaults are public interface and stand in the README. The environment wins over the
project's `.env`. Values that name a secret are kept out of `repr`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import platformdirs
from dotenv import dotenv_values

from orion.errors import StartError

_PLACEHOLDERS = re.compile(r"your-.*(-key|-change-in-production)\Z|user:password@localhost", re.IGNORECASE)
_DURATION = re.compile(r"(\d+)([smhd]?)\Z")
_PORT_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})\Z", re.ASCII)
_TURN_URL = re.compile(r"turns?:[^\s/?@]+(\?transport=(udp|tcp))?\Z")  # RFC 7065
_COMMAND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_UNIT_SECS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What one provider reads: its key and its address, None where they are not set."""

    key: str | None = field(default=None, repr=False)
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a server. Field `x_secs` is in seconds; tuples keep the order given."""

    data_dir: Path
    project: Path | None = None
    host: str = "127.0.0.1"
    port: int = 3000
    tls_cert: Path | None = None
    tls_key: Path | None = None
    production: bool = False
    database_url: str | None = field(default=None, repr=False)
    jwt_secret: str | None = field(default=None, repr=False)
    jwt_expires_secs: int = 900
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    frontend_urls: tuple[str, ...] = ()
    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    guardrails: bool = True
    registration: str | None = None
    stt: tuple[str, ...] = ("auto",)
    llm: tuple[str, ...] = ("auto",)
    tts: tuple[str, ...] = ("auto",)
    script: Path | None = None
    llm_base_url: str | None = None
    llm_api_key: str | None = field(default=None, repr=False)
    llm_model: str | None = None
    context_tokens: int = 16_000
    embeddings: str | None = None
    embedding_model: str | None = None
    ice_hosts: tuple[str, ...] = ()
    ice_servers: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    ice_policy: str = "all"
    ice_public_ip: str | None = None
    udp_ports: range | None = None
    turn_urls: tuple[str, ...] = ()
    turn_secret: str | None = field(default=None, repr=False)
    session_idle_secs: int = 1800
    call_max_secs: int = 3600
    max_sessions: int | None = None
    rate_limit_ttl_secs: int = 60
    rate_limit_max: int = 100
    tool_allowed_hosts: tuple[str, ...] = ()
    mcp_commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    log_level: str = "INFO"
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict, repr=False)

    def provider(self, name: str) -> ProviderSettings:
        """Key and base URL of the provider `name`: `ACME_API_KEY`, `ACME_BASE_URL`."""
        return self.providers.get(name.upper(), ProviderSettings())

    @property
    def jwt_keys(self) -> tuple[str, ...]:
        """The keys of JWT_SECRET, newest first."""
        return tuple(key.strip() for key in (self.jwt_secret or "").split(",") if key.strip())

    @property
    def loopback_only(self) -> bool:
        """Whether the server listens on loopback alone."""
        return self.host in {"127.0.0.1", "::1", "localhost"}

    @property
    def registration_mode(self) -> str:
        """`open`, `invite` or `closed`; open by default only on loopback, with no proxy in front."""
        private = self.loopback_only and not self.trusted_proxies and not self.public_url
        return self.registration or ("open" if private else "invite")

    @property
    def always_https(self) -> bool:
        """Whether users reach the server by HTTPS alone: its own, or that of a proxy in front."""
        return self.tls_cert is not None or (self.public_url or "").startswith("https://")

    def changed(self, **values: Any) -> Settings:
        """A copy with the given fields changed; None leaves a field as it is."""
        return replace(self, **{name: value for name, value in values.items() if value is not None})

    @classmethod
    def read(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        project: Path | None = None,
        data_dir: Path | None = None,
    ) -> Settings:
        """Read the environment (by default this process's) and the project's `.env`.

        Raises:
            StartError: An unknown `ORION_*` name, or a value that cannot be used.
        """
        environ = os.environ if environ is None else environ
        project = project or _project_in(Path.cwd())
        from_file = dotenv_values(project / ".env") if project else {}
        values = {name: value for name, value in {**from_file, **environ}.items() if value}
        values = {name: value for name, value in values.items() if not _PLACEHOLDERS.search(value)}
        _refuse_unknown(values)
        settings = cls(
            data_dir=data_dir or Path(values.get("ORION_DATA_DIR", _default_data_dir())),
            project=project,
            providers=_providers(values),
            **{
                field_: read(values[name], name)
                for name, (field_, read) in _READERS.items()
                if name in values
            },
        )
        return settings.checked()

    def checked(self) -> Settings:
        """These settings, if they fit together. Raises StartError, with the way out, if they do not."""
        if self.jwt_secret is not None and not self.jwt_keys:
            raise StartError("JWT_SECRET holds no key; make one: openssl rand -hex 32")
        if any(len(key.encode()) < 32 for key in self.jwt_keys):
            raise StartError(
                "JWT_SECRET is shorter than 32 bytes, or one of the keys that it lists; "
                "make one: openssl rand -hex 32"
            )
        if self.database_url and not self.jwt_secret:
            raise StartError("DATABASE_URL is set, so JWT_SECRET must be too: openssl rand -hex 32")
        if self.database_url and not self.secret_keys:
            raise StartError("DATABASE_URL is set, so ORION_SECRET_KEYS must be too: openssl rand -hex 32")
        if self.context_tokens < 2000:
            raise StartError("ORION_CONTEXT_TOKENS is too few: instructions and tools need 2000 at least")
        if self.production and not self.jwt_secret:
            raise StartError("NODE_ENV=production needs JWT_SECRET: openssl rand -hex 32")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise StartError("--tls-cert and --tls-key belong together")
        if bool(self.turn_urls) != (self.turn_secret is not None):
            raise StartError("ORION_TURN_URLS and ORION_TURN_SECRET belong together")
        if self.ice_policy == "relay" and not self.turn_urls and not self.ice_servers:
            raise StartError("ORION_ICE_POLICY=relay needs a relay: ORION_TURN_URLS or ORION_ICE_SERVERS")
        return self


def _project_in(folder: Path) -> Path | None:
    return folder if (folder / "orion.toml").is_file() else None


def _default_data_dir() -> str:
    return platformdirs.user_data_dir("orion", appauthor=False)


def _text(value: str, _name: str) -> str:
    return value


def _path(value: str, _name: str) -> Path:
    return Path(value)


def _names(value: str, name: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if not found:
        raise StartError(f"{name} is empty")
    return found


def _flag(value: str, name: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if value.lower() not in known:
        raise StartError(f"{name}={value} is neither true nor false")
    return known[value.lower()]


def _number(value: str, name: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise StartError(f"{name}={value} is no whole number")
    return int(value)


def _positive(value: str, name: str) -> int:
    if not (number := _number(value, name)):
        raise StartError(f"{name}=0 would let nothing through; leave it out for the default")
    return number


def _port(value: str, name: str) -> int:
    if not (number := _number(value, name)) < 65536:
        raise StartError(f"{name}={value} is no port")
    return number


def _duration(value: str, name: str) -> int:
    match = _DURATION.match(value.strip())
    if not match or not int(match[1]):
        raise StartError(f"{name}={value} is no duration like 7d, 12h, 15m or 900")
    return int(match[1]) * _UNIT_SECS[match[2]]


def _registration(value: str, name: str) -> str:
    if value not in {"open", "invite", "closed"}:
        raise StartError(f"{name}={value} is none of open, invite, closed")
    return value


def _http_url(value: str, name: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise StartError(f"{name} is no address like http://127.0.0.1:8000/v1")
    return value.strip().rstrip("/")


def _origin(value: str, name: str) -> str:
    """An origin as browsers send it (RFC 6454): lower case, without a default port."""
    parts = urlsplit(value.strip().lower())
    port = _url_port(value, name)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise StartError(f"{name}={value} is no origin like https://voice.example.org")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise StartError(f"{name}={value} has more than an origin: no path, no query")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    known = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in {None, known} else f":{port}")


def _url_port(value: str, name: str) -> int | None:
    try:
        return urlsplit(value.strip()).port
    except ValueError as error:
        raise StartError(f"{name}={value} names no port") from error


def _origins(value: str, name: str) -> tuple[str, ...]:
    return tuple(_origin(part, name) for part in _names(value, name))


def _networks(value: str, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part) for part in _names(value, name))
    except ValueError as error:
        raise StartError(f"{name}: {error}; networks look like 10.0.0.0/8 or 192.0.2.7") from error


def _address(value: str, name: str) -> str:
    try:
        return str(ip_address(value.strip()))
    except ValueError as error:
        raise StartError(f"{name}={value} is no IP address") from error


def _port_range(value: str, name: str) -> range:
    match = _PORT_RANGE.match(value.strip())
    if not match or not 0 < (low := int(match[1])) <= (high := int(match[2])) < 65536:
        raise StartError(f"{name}={value} is no range of ports like 40000-40100")
    return range(low, high + 1)


def _turn_urls(value: str, name: str) -> tuple[str, ...]:
    urls = _names(value, name)
    if not all(_TURN_URL.match(url) for url in urls):
        raise StartError(f"{name} must be like turn:turn.example.org:3478 or turns:..., comma-separated")
    return urls


def _ice_policy(value: str, name: str) -> str:
    if value not in {"all", "relay"}:
        raise StartError(f"{name}={value} is neither all nor relay")
    return value


def _production(value: str, _name: str) -> bool:
    return value == "production"


def _ice_servers(value: str, name: str) -> tuple[dict[str, Any], ...]:
    try:
        servers = json.loads(value)
    except ValueError as error:
        raise StartError(f"{name} is no JSON: {error}") from error
    if not isinstance(servers, list) or not all(isinstance(s, dict) and "urls" in s for s in servers):
        raise StartError(f'{name} must be a JSON list like [{{"urls": "stun:stun.example.org"}}]')
    return tuple(servers)


def _database_url(value: str, name: str) -> str:
    """`postgres://` and Prisma's `?schema=` are accepted; ORION lives in its own schema."""
    parts = urlsplit(value)
    if parts.scheme not in {"postgresql", "postgres", "postgresql+asyncpg"}:
        raise StartError(f"{name} must begin with postgresql://")
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != "schema"])
    return urlunsplit(("postgresql+asyncpg", parts.netloc, parts.path, query, ""))


def _commands(value: str, name: str) -> dict[str, tuple[str, ...]]:
    """`name=program argument ...`, separated by commas; without `name=` the program is the name."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in _names(value, name):
        label, _, line = entry.partition("=")
        named = _COMMAND_NAME.match(label) is not None and line
        try:
            words = tuple(shlex.split(line if named else entry))
        except ValueError as error:
            raise StartError(f"{name}: {entry}: {error}") from error
        found[label if named else words[0]] = words
    return found


_READERS: dict[str, tuple[str, Any]] = {
    "PORT": ("port", _port),
    "NODE_ENV": ("production", _production),
    "DATABASE_URL": ("database_url", _database_url),
    "JWT_SECRET": ("jwt_secret", _text),
    "JWT_EXPIRES_IN": ("jwt_expires_secs", _duration),
    "FRONTEND_URL": ("frontend_urls", _origins),
    "ENABLE_GUARDRAILS": ("guardrails", _flag),
    "RATE_LIMIT_TTL": ("rate_limit_ttl_secs", _positive),
    "RATE_LIMIT_MAX": ("rate_limit_max", _positive),
    "ORION_SECRET_KEYS": ("secret_keys", _names),
    "ORION_PUBLIC_URL": ("public_url", _origin),
    "ORION_TRUSTED_PROXIES": ("trusted_proxies", _networks),
    "ORION_REGISTRATION": ("registration", _registration),
    "ORION_STT": ("stt", _names),
    "ORION_LLM": ("llm", _names),
    "ORION_TTS": ("tts", _names),
    "ORION_SCRIPT": ("script", _path),
    "ORION_LLM_BASE_URL": ("llm_base_url", _http_url),
    "ORION_LLM_API_KEY": ("llm_api_key", _text),
    "ORION_LLM_MODEL": ("llm_model", _text),
    "ORION_EMBEDDINGS": ("embeddings", _text),
    "ORION_EMBEDDING_MODEL": ("embedding_model", _text),
    "ORION_ICE_HOSTS": ("ice_hosts", _names),
    "ORION_ICE_SERVERS": ("ice_servers", _ice_servers),
    "ORION_ICE_POLICY": ("ice_policy", _ice_policy),
    "ORION_ICE_PUBLIC_IP": ("ice_public_ip", _address),
    "ORION_UDP_PORTS": ("udp_ports", _port_range),
    "ORION_TURN_URLS": ("turn_urls", _turn_urls),
    "ORION_TURN_SECRET": ("turn_secret", _text),
    "ORION_SESSION_IDLE_SECS": ("session_idle_secs", _number),
    "ORION_CALL_MAX_SECS": ("call_max_secs", _number),
    "ORION_CONTEXT_TOKENS": ("context_tokens", _number),
    "ORION_MAX_SESSIONS": ("max_sessions", _number),
    "ORION_LOG_LEVEL": ("log_level", _text),
    "ORION_TOOL_ALLOWED_HOSTS": ("tool_allowed_hosts", _names),
    "ORION_MCP_COMMANDS": ("mcp_commands", _commands),
}
_ELSEWHERE = {"ORION_DATA_DIR", "ORION_TEST_REQUIRE", "ORION_BUILD_CONSOLE"}


def _refuse_unknown(values: Mapping[str, str]) -> None:
    known = sorted({name for name in _READERS if name.startswith("ORION_")} | _ELSEWHERE)
    for name in sorted(values):
        if name.startswith("ORION_") and name not in known:
            near = get_close_matches(name, known, 1)
            raise StartError(f"unknown setting {name}" + (f"; did you mean {near[0]}?" if near else ""))


def _providers(values: Mapping[str, str]) -> dict[str, ProviderSettings]:
    suffixes = ("_API_KEY", "_BASE_URL")
    found = {name.removesuffix(suffix) for name in values for suffix in suffixes if name.endswith(suffix)}
    return {
        name: ProviderSettings(values.get(f"{name}_API_KEY"), values.get(f"{name}_BASE_URL"))
        for name in found
        if not name.startswith("ORION")
    }


assert {field_ for field_, _ in _READERS.values()} <= {f.name for f in fields(Settings)}
