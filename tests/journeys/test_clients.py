"""The generated clients are those of today's server, and carry a conversation."""

import filecmp
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orion.app import create_app
from orion.settings import Settings
from tests.journeys.conftest import need

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
STORIES = Path(__file__).parent / "clients"


def run(*command, **environ):
    env = {**os.environ, **environ}  # noqa: TID251 - the tests' own
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=env).stdout


def test_the_committed_description_is_what_the_server_says_of_itself(tmp_path):
    committed = json.loads((CLIENTS / "openapi.json").read_text())
    assert committed == create_app(Settings(data_dir=tmp_path)).openapi(), "run: make clients"


def test_the_python_client_is_generated_from_that_description(tmp_path):
    generator = Path(sys.executable).with_name("openapi-python-client")
    path = f"{generator.parent}{os.pathsep}{os.environ['PATH']}"  # noqa: TID251 - the tests' own
    arguments = ["--path", str(CLIENTS / "openapi.json"), "--config", str(CLIENTS / "python.yaml")]
    made = tmp_path / "python"
    run(str(generator), "generate", *arguments, "--meta", "uv", "--output-path", str(made), PATH=path)
    files = [str(file.relative_to(made)) for file in made.rglob("*.py")]
    _, differing, missing = filecmp.cmpfiles(made, CLIENTS / "python", files, shallow=False)
    assert (differing, missing) == ([], []), "run: make clients"
    committed = {str(file.relative_to(CLIENTS / "python")) for file in (CLIENTS / "python").rglob("*.py")}
    assert committed == set(files), "run: make clients"


def test_the_python_client_carries_a_conversation(server, token):
    path = str(CLIENTS / "python")
    assert (
        run(sys.executable, str(STORIES / "story.py"), server.url, token, PYTHONPATH=path) == "That is 4.\n"
    )


def test_the_typescript_client_carries_a_conversation(server, token):
    need("node")
    if not (CLIENTS / "typescript" / "dist" / "index.js").is_file():
        reason = "the TypeScript client is not built (make clients)"
        if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
            pytest.fail(reason)
        pytest.skip(reason)
    assert run("node", str(STORIES / "story.mjs"), server.url, token) == "That is 4.\n"
