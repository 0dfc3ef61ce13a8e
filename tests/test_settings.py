from pathlib import Path

import pytest

from orion.errors import StartError
from orion.settings import Settings

SECRET = "s" * 32


def read(**environ):
    return Settings.read({"ORION_DATA_DIR": "/data", **environ})


def test_the_defaults_need_no_environment():
    settings = read()
    assert settings.data_dir == Path("/data")
    assert (settings.host, settings.port, settings.jwt_expires_secs) == ("127.0.0.1", 3000, 900)
    assert settings.registration_mode == "open"
    assert settings.changed(host="0.0.0.0").registration_mode == "invite"


def test_an_unknown_setting_stops_the_start_and_names_the_nearest():
    with pytest.raises(StartError, match="ORION_SST; did you mean ORION_STT"):
        read(ORION_SST="pocketsphinx")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "three"),
        ("JWT_EXPIRES_IN", "soon"),
        ("JWT_EXPIRES_IN", "0"),
        ("JWT_SECRET", "short"),
        ("ENABLE_GUARDRAILS", "maybe"),
        ("ORION_REGISTRATION", "sometimes"),
        ("ORION_LLM_BASE_URL", "localhost:11434"),
        ("RATE_LIMIT_MAX", "0"),
        ("RATE_LIMIT_TTL", "0"),
        ("RATE_LIMIT_MAX", "-5"),
        ("ORION_ICE_SERVERS", "[{}]"),
        ("ORION_ICE_SERVERS", "{"),
        ("ORION_STT", ","),
        ("ORION_PUBLIC_URL", "orion.example.org"),
        ("ORION_PUBLIC_URL", "https://orion.example.org/voice"),
        ("ORION_PUBLIC_URL", "https://orion.example.org:port"),
        ("ORION_PUBLIC_URL", "https://me@orion.example.org"),
        ("ORION_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("ORION_TRUSTED_PROXIES", "proxy.example.org"),
        ("ORION_UDP_PORTS", "40000"),
        ("ORION_UDP_PORTS", "40100-40000"),
        ("ORION_UDP_PORTS", "0-10"),
        ("ORION_UDP_PORTS", "65000-65536"),
        ("ORION_ICE_PUBLIC_IP", "orion.example.org"),
        ("ORION_OPENAI_API", "completions"),
        ("ORION_ICE_POLICY", "host"),
        ("ORION_ICE_POLICY", "relay"),
        ("ORION_TURN_URLS", "stun:stun.example.org"),
        ("ORION_TURN_URLS", "turn:turn.example.org"),
        ("ORION_TURN_SECRET", "alone"),
        ("FRONTEND_URL", "*"),
        ("FRONTEND_URL", "https://*.example.org/app"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("ORION_MCP_COMMANDS", "weather='unclosed"),
        ("ORION_CONTEXT_TOKENS", "1000"),
    ],
)
def test_a_value_that_cannot_be_used_stops_the_start(name, value):
    with pytest.raises(StartError, match=name):
        read(**{name: value})


def test_jwt_secret_may_hold_several_keys_the_newest_first():
    assert read(JWT_SECRET=f"{SECRET},{'o' * 32}").jwt_keys == (SECRET, "o" * 32)
    assert read(JWT_SECRET=SECRET).jwt_keys == (SECRET,)
    for bad in (f"{SECRET},short", f"short,{SECRET}", ","):
        with pytest.raises(StartError, match="JWT_SECRET"):
            read(JWT_SECRET=bad)


def test_budgets_are_read():
    settings = read(RATE_LIMIT_TTL="10", RATE_LIMIT_MAX="7")
    assert (settings.rate_limit_ttl_secs, settings.rate_limit_max) == (10, 7)


def test_the_language_models_server_is_read():
    settings = read(
        ORION_LLM_BASE_URL="http://127.0.0.1:8000/v1/", ORION_LLM_MODEL="llama", ORION_LLM_API_KEY="own-key"
    )
    assert (settings.llm_base_url, settings.llm_model) == ("http://127.0.0.1:8000/v1", "llama")
    assert settings.llm_api_key == "own-key"
    assert "own-key" not in repr(settings)
    assert (settings.openai_api, read(ORION_OPENAI_API="responses").openai_api) == ("chat", "responses")


def test_networks_ports_and_relays_are_read():
    settings = read(
        ORION_TRUSTED_PROXIES="10.0.0.0/8, ::1",
        ORION_UDP_PORTS="40000-40100",
        ORION_ICE_PUBLIC_IP="198.51.100.7",
        ORION_TURN_URLS="turn:turn.example.org:3478?transport=udp, turns:turn.example.org",
        ORION_TURN_SECRET="canary",
        ORION_ICE_POLICY="relay",
    )
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert (settings.udp_ports, settings.ice_public_ip) == (range(40000, 40101), "198.51.100.7")
    assert settings.turn_urls == ("turn:turn.example.org:3478?transport=udp", "turns:turn.example.org")
    assert settings.ice_policy == "relay"
    assert "canary" not in repr(settings)


def test_origins_are_read_as_browsers_send_them():
    settings = read(FRONTEND_URL="HTTPS://App.Example.org:443/, http://localhost:5173, http://[::1]:80")
    assert settings.frontend_urls == ("https://app.example.org", "http://localhost:5173", "http://[::1]")


@pytest.mark.parametrize(
    "given", [{"ORION_PUBLIC_URL": "https://orion.example.org"}, {"ORION_TRUSTED_PROXIES": "127.0.0.1"}]
)
def test_behind_a_proxy_registration_is_by_invitation_even_on_loopback(given):
    assert read(**given).registration_mode == "invite"
    assert read(**given, ORION_REGISTRATION="open").registration_mode == "open"


@pytest.mark.parametrize(("text", "secs"), [("7d", 604800), ("12h", 43200), ("15m", 900), ("30", 30)])
def test_durations_are_read(text, secs):
    assert read(JWT_EXPIRES_IN=text).jwt_expires_secs == secs


def test_placeholders_of_the_old_example_count_as_unset():
    settings = read(
        JWT_SECRET="your-secret-key-change-in-production",
        OPENAI_API_KEY="your-openai-api-key",
        DATABASE_URL="postgresql://user:password@localhost:5432/orion?schema=public",
    )
    assert settings.jwt_secret is None
    assert settings.database_url is None
    assert settings.provider("openai").key is None


def test_an_old_database_url_loses_its_schema_parameter():
    settings = read(
        DATABASE_URL="postgres://me:pw@db/orion?schema=public&ssl=require",
        JWT_SECRET=SECRET,
        ORION_SECRET_KEYS="k" * 32,
    )
    assert settings.database_url == "postgresql+asyncpg://me:pw@db/orion?sslmode=require"


@pytest.mark.parametrize("given", [{}, {"JWT_SECRET": SECRET}])
def test_an_external_database_needs_its_secrets(given):
    with pytest.raises(StartError, match="DATABASE_URL is set"):
        read(DATABASE_URL="postgresql://db/orion", **given)


def test_production_needs_a_secret():
    with pytest.raises(StartError, match="JWT_SECRET"):
        read(NODE_ENV="production")


def test_secrets_do_not_show():
    settings = read(JWT_SECRET=SECRET, OPENAI_API_KEY="sk-canary")
    assert settings.provider("openai").key == "sk-canary"
    assert SECRET not in repr(settings)
    assert "sk-canary" not in repr(settings)


def test_the_environment_wins_over_the_projects_file(tmp_path):
    (tmp_path / "orion.toml").write_text("")
    (tmp_path / ".env").write_text("PORT=4000\nORION_TTS=espeak\n")
    settings = Settings.read({"PORT": "5000"}, project=tmp_path, data_dir=tmp_path)
    assert (settings.port, settings.tts, settings.project) == (5000, ("espeak",), tmp_path)


def test_tools_reach_and_start_what_the_settings_list():
    settings = read(
        ORION_TOOL_ALLOWED_HOSTS="intranet.example, 127.0.0.1:8080",
        ORION_MCP_COMMANDS="weather=/usr/bin/weather-mcp --unit metric, /opt/files, clock --zone=utc",
    )
    assert settings.tool_allowed_hosts == ("intranet.example", "127.0.0.1:8080")
    assert settings.mcp_commands == {
        "weather": ("/usr/bin/weather-mcp", "--unit", "metric"),
        "/opt/files": ("/opt/files",),
        "clock": ("clock", "--zone=utc"),
    }


GITHUB = {"gh": ("/usr/bin/gh-mcp", "stdio", "--toolsets", "repos,issues")}


@pytest.mark.parametrize(
    ("value", "commands"),
    [
        ("gh=/usr/bin/gh-mcp stdio --toolsets repos,issues", GITHUB),
        ('gh=/usr/bin/gh-mcp stdio --toolsets "repos,issues"', GITHUB),
        ("gh=/usr/bin/gh-mcp stdio --toolsets 'repos,issues'", GITHUB),
        (r"gh=/usr/bin/gh-mcp stdio --toolsets repos\,issues", GITHUB),
        ('{"gh": ["/usr/bin/gh-mcp", "stdio", "--toolsets", "repos,issues"]}', GITHUB),
        ('["gh=/usr/bin/gh-mcp stdio --toolsets repos,issues"]', GITHUB),
        ("gh=/usr/bin/gh-mcp stdio --toolsets repos,issues,b=y z", {**GITHUB, "b": ("y", "z")}),
        ("a=x,b=y", {"a": ("x",), "b": ("y",)}),
        ("a-mcp,b-mcp", {"a-mcp": ("a-mcp",), "b-mcp": ("b-mcp",)}),
        ("a='/my files/x' \"--to=b, c=d\", b=y,", {"a": ("/my files/x", "--to=b, c=d"), "b": ("y",)}),
        ("a=x $HOME *.txt; rm `y`", {"a": ("x", "$HOME", "*.txt;", "rm", "`y`")}),
        ('[["x", "two words"], "y"]', {"x": ("x", "two words"), "y": ("y",)}),
    ],
)
def test_a_command_is_allowed_exactly_as_it_is_written(value, commands):
    assert read(ORION_MCP_COMMANDS=value).mcp_commands == commands


@pytest.mark.parametrize(
    "value", ["a='secret-1", "a=x\\", "a=,b=y", "a=x,a=y", "[1]", '{"a": [1]}', "[", '{"a": []}', " , "]
)
def test_commands_that_are_none_stop_the_start_and_are_not_quoted(value):
    with pytest.raises(StartError, match="ORION_MCP_COMMANDS") as stopped:
        read(ORION_MCP_COMMANDS=value)
    assert "secret-1" not in str(stopped.value) or " " not in value


@pytest.mark.parametrize("value", ["0", "0.00", "-1", "1e3", "a dollar", "1.0000001"])
def test_a_budget_is_an_amount_of_dollars(value):
    assert read(ORION_SESSION_BUDGET_USD="0.50").session_budget_usd == 0.5
    with pytest.raises(StartError, match="ORION_SESSION_BUDGET_USD"):
        read(ORION_SESSION_BUDGET_USD=value)
