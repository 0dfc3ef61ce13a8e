import json
import subprocess
import sys
from pathlib import Path

import pytest

from orion import cli
from orion.cli import serving
from orion.settings import Settings


def test_the_doctor_names_what_serves_each_part_and_why(orion):
    code, out, _ = orion("doctor")
    rows, _, offers = out.partition("\n\n")
    parts = {line[4:20].strip(): line.split() for line in rows.splitlines()}
    engines = {"speech to text", "agent", "text to speech", "memory", "VAD", "turn end", "database"}
    assert set(parts) == engines | {"vendor keys", "address", "ICE"}
    assert all(line.startswith("ok ") for line in rows.splitlines())
    assert "Better by one command" in offers
    assert "models pull moonshine-base-en" in offers
    assert code == 0


def test_the_doctor_tells_what_is_missing_and_fails(orion, project):
    (project / ".env").write_text("ORION_LLM=pocketsphinx\n")
    code, out, _ = orion("doctor", "--project", str(project))
    assert code == 1
    assert "NO  agent" in out
    assert "pocketsphinx: has no llm" in out


def test_the_doctor_asks_the_vendor_whose_engine_serves(orion, project):
    (project / ".env").write_text("OPENAI_API_KEY=k\nOPENAI_BASE_URL=http://127.0.0.1:9/v1\nORION_STT=auto\n")
    code, out, _ = orion("doctor", "--project", str(project))
    assert code == 1
    assert out.count("openai is chosen, but: openai: connectivity") == 3


def test_the_openapi_description_is_json_with_the_public_routes(orion):
    code, out, _ = orion("openapi")
    described = json.loads(out)
    assert (code, described["info"]["title"]) == (0, "ORION")
    assert {"/api/v1/sessions", "/api/v1/auth/login", "/healthz"} <= set(described["paths"])


@pytest.mark.parametrize(
    ("arguments", "settings", "line"),
    [
        (["doctor"], "ORION_SST=x", "orion: unknown setting ORION_SST; did you mean ORION_STT?"),
        (["doctor"], "ORION_STT=nonsense", "orion: no 'nonsense' in providers; there are: "),
        (["openapi"], "JWT_SECRET=short", "orion: JWT_SECRET is shorter than 32 bytes"),
        (["serve", "--tls-cert", "x.pem"], "", "orion: --tls-cert and --tls-key belong together"),
        (["serve", "--port", "70000"], "", "orion: cannot listen on 127.0.0.1:70000"),
        (["serve", "--host", "no such host"], "", "orion: cannot listen on no such host:3000"),
    ],
)
def test_an_error_is_one_line(orion, project, arguments, settings, line):
    (project / ".env").write_text(settings)
    code, _, err = orion(*arguments, "--project", str(project))
    complaints = [told for told in err.splitlines() if told.startswith("orion: ")]
    assert code == 1
    assert len(complaints) == 1
    assert complaints[0].startswith(line)
    assert "Traceback" not in err


def test_help_and_version_load_nothing_heavy():
    script = "import sys; from orion import cli; cli.main(['--version'])"
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("orion ")
    assert not {"pipecat", "fastapi", "sqlalchemy", "aiortc"} & {
        line.rpartition("|")[2].strip().split(".")[0] for line in result.stderr.splitlines()
    }


def test_a_command_that_there_is_not_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["dance"])
    assert ended.value.code == 2
    assert "doctor" in capsys.readouterr().err


def test_a_project_that_is_not_there_is_an_error_with_the_way_out(orion, tmp_path):
    for folder, told in ((tmp_path / "no where", "there is no folder"), (tmp_path, "no orion.toml")):
        code, _, err = orion("doctor", "--project", str(folder))
        (complaint,) = [line for line in err.splitlines() if line.startswith("orion: ")]
        assert (code, told in complaint, "orion init" in complaint) == (1, True, True)


def test_a_server_on_all_addresses_names_those_that_open():
    everywhere = serving._bases(Settings(host="0.0.0.0", data_dir=Path()), 3304)
    assert everywhere[-1] == "http://127.0.0.1:3304"
    assert not any("0.0.0.0" in base for base in everywhere)
    public = Settings(host="0.0.0.0", data_dir=Path(), public_url="https://voice.example.org")
    assert serving._bases(public, 3304) == ["https://voice.example.org"]
    assert serving._bases(Settings(host="::1", data_dir=Path()), 1) == ["http://[::1]:1"]


def test_a_server_whose_data_directory_is_not_there_or_cannot_be_written_serves_all_the_same(tmp_path):
    fresh = Settings(data_dir=tmp_path / "new" / "data")
    serving._note_address(fresh, "http://127.0.0.1:4000")
    assert serving.address(fresh) == "http://127.0.0.1:4000"
    serving.forget_address(fresh)
    assert serving.address(fresh) == "http://127.0.0.1:3000"
    (tmp_path / "file").write_text("")
    nowhere = Settings(data_dir=tmp_path / "file" / "data")
    serving._note_address(nowhere, "http://127.0.0.1:4000")
    serving.forget_address(nowhere)
    assert serving.address(nowhere) == "http://127.0.0.1:3000"
