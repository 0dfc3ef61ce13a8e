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
        ("ORION_ICE_SERVERS", "[{}]"),
        ("ORION_ICE_SERVERS", "{"),
        ("ORION_STT", ","),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("ORION_MCP_COMMANDS", "weather='unclosed"),
    ],
)
def test_a_value_that_cannot_be_used_stops_the_start(name, value):
    with pytest.raises(StartError, match=name):
        read(**{name: value})


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
    assert settings.database_url == "postgresql+asyncpg://me:pw@db/orion?ssl=require"


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
