"""`orion models` as a user types it, and what the doctor says of models and languages."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from tests.providers.hub import catalogue, hub

FILES = {"encoder.onnx": os.urandom(50_000), "tokens.txt": b"a 0\n"}


@pytest.fixture
def source(project):
    with hub() as served:
        catalogue(project, small=served.entry("small", FILES), other=served.entry("other", FILES))
        yield served


def rows(out: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split() for line in out.splitlines()}


def test_models_are_listed_pulled_and_removed(orion, project, source):
    given = ("--project", str(project))
    code, out, _ = orion("models", *given)
    assert code == 0
    assert rows(out)["small"][-1] == "-"
    assert rows(out)["whisper-base"][1:5] == ["stt", "60", "languages", "208"]
    code, out, _ = orion("models", "pull", "small", "other", *given)
    assert code == 0
    assert "small: 0.1 MB of 0.1 MB 100%" in out
    assert "other is there (MIT)" in out
    code, out, _ = orion("models", "list", *given)
    assert [rows(out)[name][-1] for name in ("small", "other", "whisper-base")] == ["pulled", "pulled", "-"]
    code, out, _ = orion("models", "pull", "small", *given)
    assert (code, out) == (0, "small is there.\n")
    code, out, _ = orion("models", "remove", "small", *given)
    assert (code, out) == (0, "small is gone.\n")
    assert rows(orion("models", *given)[1])["small"][-1] == "-"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("pull", "small", "nonsense"), "no model 'nonsense'; there are: "),
        (("pull",), "give names to pull"),
        (("list", "small"), "give names to pull"),
        (("remove", "small"), "the model 'small' is not there"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(orion, project, source, arguments, told):
    code, _, err = orion("models", *arguments, "--project", str(project))
    assert code == 1
    assert err.startswith(f"orion: {told}")
    assert err.count("\n") == 1
    assert source.asked == []


def test_a_file_of_another_checksum_fails_the_command(orion, project, source):
    catalogue(project, small=source.entry("small", FILES, sha256="0" * 64))
    code, _, err = orion("models", "pull", "small", "--project", str(project))
    assert code == 1
    assert "is not the file of the catalogue" in err


def test_a_mirror_is_named_by_a_setting(orion, project, source):
    (project / ".env").write_text(f"ORION_MODELS_URL={source.url}/\n")
    entry = source.entry("small", FILES) | {"url": "https://models.example/small.tar.bz2"}
    catalogue(project, small=entry)
    assert orion("models", "pull", "small", "--project", str(project))[0] == 0


def test_on_a_terminal_progress_is_a_bar_in_one_line(project, source, tmp_path):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "orion", "models", "pull", "small", "--project", str(project)]
    ended = subprocess.run(
        [*command, "--data-dir", str(tmp_path / "data")], stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # how a terminal ends on Linux
        pass
    os.close(ours)
    assert ended.returncode == 0, ended.stderr
    assert b"\rsmall [" in shown
    assert b"[############################] 0.1 MB of 0.1 MB 100%" in shown


def test_the_doctor_names_what_could_be_pulled(orion):
    _, out, _ = orion("doctor")
    assert "orion models pull moonshine-base-en\n" in out
    assert "orion models pull kokoro\n" in out


def test_the_doctor_names_agents_whose_language_no_engine_takes(orion, project):
    (project / "agents" / "kellner.yaml").write_text("instructions: Hilf.\nlanguage: de\n")
    code, out, _ = orion("doctor", "--project", str(project))
    assert code == 1
    [row] = [line for line in out.splitlines() if line.startswith("NO ")]
    assert "agent kellner" in row
    assert "orion models pull whisper-base" in row
