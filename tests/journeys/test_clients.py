"""The generated clients are those of today's server, and carry a conversation."""

import filecmp
import json
import os
import subprocess
import sys
import tarfile
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
    arguments += ["--custom-template-path", str(CLIENTS / "templates")]
    made = tmp_path / "python"
    run(str(generator), "generate", *arguments, "--meta", "uv", "--output-path", str(made), PATH=path)
    files = [
        str(file.relative_to(made)) for file in made.rglob("*") if file.suffix in {".py", ".md", ".toml"}
    ]
    _, differing, missing = filecmp.cmpfiles(made, CLIENTS / "python", files, shallow=False)
    assert (differing, missing) == ([], []), "run: make clients"
    committed = {str(file.relative_to(CLIENTS / "python")) for file in (CLIENTS / "python").rglob("*.py")}
    written = {"orion_client/live.py"}
    assert committed - written == {file for file in files if file.endswith(".py")}, "run: make clients"


def test_the_python_client_carries_a_conversation(server, token):
    path = str(CLIENTS / "python")
    assert (
        run(sys.executable, str(STORIES / "story.py"), server.url, token, PYTHONPATH=path) == "That is 4.\n"
    )


def test_the_python_client_streams_joins_and_raises(server, token):
    path = str(CLIENTS / "python")
    told = run(sys.executable, str(STORIES / "live.py"), server.url, token, PYTHONPATH=path)
    assert told.splitlines() == [
        "That is 4.",
        "That is 108.",
        "['tool.started', 'tool.ended']",
        "['calculator']",
        "['404 not-found', '404 not-found', '422 invalid']",
        "['audio']",
        "True",
        "401",
    ]


def need_built() -> None:
    """Skip, or fail where nothing may be skipped, if the TypeScript client is not built."""
    need("node")
    if not (CLIENTS / "typescript" / "dist" / "live.js").is_file():
        reason = "the TypeScript client is not built (make clients)"
        if os.environ.get("ORION_TEST_REQUIRE") == "all":  # noqa: TID251 - the tests' own switch
            pytest.fail(reason)
        pytest.skip(reason)


def test_the_typescript_client_carries_a_conversation(server, token):
    need_built()
    assert run("node", str(STORIES / "story.mjs"), server.url, token) == "That is 4.\n"


def test_the_typescript_client_streams_and_throws(server, token):
    need_built()
    told = run("node", str(STORIES / "live.mjs"), server.url, token)
    assert told.splitlines() == ["That is 4.", "tool.started tool.ended done", "true"]


def test_a_project_that_uses_the_packed_typescript_client_is_typed(tmp_path):
    """A typo in a path does not compile, whether libraries are checked or not."""
    need_built()
    package = CLIENTS / "typescript"
    modules = tmp_path / "node_modules"
    (modules / "@orion-voice").mkdir(parents=True)
    packed = run("npm", "pack", "--silent", "--pack-destination", str(tmp_path), str(package)).split()[-1]
    with tarfile.open(tmp_path / packed) as tarball:
        tarball.extractall(tmp_path, filter="data")
    (tmp_path / "package").rename(modules / "@orion-voice" / "client")
    for name in ("openapi-fetch", "openapi-typescript-helpers"):
        (modules / name).symlink_to(package / "node_modules" / name)
    (tmp_path / "consumer.ts").write_text((STORIES / "consumer.ts").read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    options = {"strict": True, "noEmit": True, "module": "NodeNext", "target": "ES2022", "types": []}
    for unchecked in (True, False):
        project = {"compilerOptions": {**options, "lib": ["ES2023", "DOM"], "skipLibCheck": unchecked}}
        (tmp_path / "tsconfig.json").write_text(json.dumps(project | {"files": ["consumer.ts"]}))
        run("node", str(package / "node_modules" / "typescript" / "bin" / "tsc"), "-p", str(tmp_path))
