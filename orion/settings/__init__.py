"""The server's settings: frozen, read once at start; the only reader of the environment.

Names and defaults are public interface and stand in the README. The environment wins over the
project's `.env`. Values that name a secret are kept out of `repr`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import platformdirs
from dotenv import dotenv_values

from orion.errors import StartError
from orion.settings import reading
from orion.settings.database_url import database_url

_PLACEHOLDERS = re.compile(r"your-.*(-key|-change-in-production)\Z|user:password@localhost", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What one provider reads: its key and its address, None where they are not set.

    Attributes:
        allowed_hosts: The address is of somebody who does not run this server: it is held to what tools
            may reach, public addresses and these hosts. None for the operator's own.
    """

    key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    allowed_hosts: tuple[str, ...] | None = None


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
    database_direct_url: str | None = field(default=None, repr=False)
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
    openai_api: str = "chat"
    context_tokens: int = 16_000
    embeddings: str = "auto"
    embedding_model: str | None = None
    models_url: str | None = None
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
    session_budget_usd: float | None = None
    plan_steps: int = 20
    plan_secs: int = 3600
    plan_tokens: int = 50_000
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
        return self.registration or ("open" if self.this_machine_only else "invite")

    @property
    def this_machine_only(self) -> bool:
        """Whether nobody is expected from elsewhere: it listens on loopback, with no proxy in front."""
        return self.loopback_only and not self.trusted_proxies and not self.public_url

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
        self._check_database()
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

    def _check_database(self) -> None:
        if self.database_url and not self.jwt_secret:
            raise StartError("DATABASE_URL is set, so JWT_SECRET must be too: openssl rand -hex 32")
        if self.database_url and not self.secret_keys:
            raise StartError("DATABASE_URL is set, so ORION_SECRET_KEYS must be too: openssl rand -hex 32")
        if self.database_direct_url and not self.database_url:
            raise StartError("ORION_DATABASE_DIRECT_URL goes with DATABASE_URL, which is not set")


def _project_in(folder: Path) -> Path | None:
    return folder if (folder / "orion.toml").is_file() else None


def _default_data_dir() -> str:
    return platformdirs.user_data_dir("orion", appauthor=False)


_READERS: dict[str, tuple[str, Any]] = {
    "PORT": ("port", reading.port),
    "NODE_ENV": ("production", reading.production),
    "DATABASE_URL": ("database_url", database_url),
    "ORION_DATABASE_DIRECT_URL": ("database_direct_url", database_url),
    "JWT_SECRET": ("jwt_secret", reading.text),
    "JWT_EXPIRES_IN": ("jwt_expires_secs", reading.duration),
    "FRONTEND_URL": ("frontend_urls", reading.origins),
    "ENABLE_GUARDRAILS": ("guardrails", reading.flag),
    "RATE_LIMIT_TTL": ("rate_limit_ttl_secs", reading.positive),
    "RATE_LIMIT_MAX": ("rate_limit_max", reading.positive),
    "ORION_SECRET_KEYS": ("secret_keys", reading.names),
    "ORION_PUBLIC_URL": ("public_url", reading.origin),
    "ORION_TRUSTED_PROXIES": ("trusted_proxies", reading.networks),
    "ORION_REGISTRATION": ("registration", reading.one_of("open", "invite", "closed")),
    "ORION_STT": ("stt", reading.names),
    "ORION_LLM": ("llm", reading.names),
    "ORION_TTS": ("tts", reading.names),
    "ORION_SCRIPT": ("script", lambda value, _name: Path(value)),
    "ORION_LLM_BASE_URL": ("llm_base_url", reading.http_url),
    "ORION_LLM_API_KEY": ("llm_api_key", reading.text),
    "ORION_LLM_MODEL": ("llm_model", reading.text),
    "ORION_OPENAI_API": ("openai_api", reading.one_of("chat", "responses")),
    "ORION_EMBEDDINGS": ("embeddings", reading.text),
    "ORION_EMBEDDING_MODEL": ("embedding_model", reading.text),
    "ORION_MODELS_URL": ("models_url", reading.http_url),
    "ORION_ICE_HOSTS": ("ice_hosts", reading.names),
    "ORION_ICE_SERVERS": ("ice_servers", reading.ice_servers),
    "ORION_ICE_POLICY": ("ice_policy", reading.one_of("all", "relay")),
    "ORION_ICE_PUBLIC_IP": ("ice_public_ip", reading.address),
    "ORION_UDP_PORTS": ("udp_ports", reading.port_range),
    "ORION_TURN_URLS": ("turn_urls", reading.turn_urls),
    "ORION_TURN_SECRET": ("turn_secret", reading.text),
    "ORION_SESSION_IDLE_SECS": ("session_idle_secs", reading.number),
    "ORION_CALL_MAX_SECS": ("call_max_secs", reading.number),
    "ORION_CONTEXT_TOKENS": ("context_tokens", reading.number),
    "ORION_MAX_SESSIONS": ("max_sessions", reading.number),
    "ORION_SESSION_BUDGET_USD": ("session_budget_usd", reading.dollars),
    "ORION_PLAN_STEPS": ("plan_steps", reading.positive),
    "ORION_PLAN_SECS": ("plan_secs", reading.positive),
    "ORION_PLAN_TOKENS": ("plan_tokens", reading.positive),
    "ORION_LOG_LEVEL": ("log_level", reading.text),
    "ORION_TOOL_ALLOWED_HOSTS": ("tool_allowed_hosts", reading.names),
    "ORION_MCP_COMMANDS": ("mcp_commands", reading.commands),
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
