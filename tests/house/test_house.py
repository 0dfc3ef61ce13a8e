"""The rules of the house that no other tool checks."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sorted((ROOT / "orion").rglob("*.py"))
TRACKED = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()
BROAD_EXCEPTS = {
    "orion/api/problems.py",
    "orion/pipelines/call.py",
    "orion/pipelines/writer.py",
    "orion/registry.py",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_file_has_a_docstring_and_at_most_400_lines(path):
    text = path.read_text()
    assert text.count("\n") <= 400
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=_name)
def test_a_test_file_has_at_most_600_lines(path):
    assert path.read_text().count("\n") <= 600


def test_broad_excepts_stand_only_at_the_named_edges():
    found = set()
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                name = getattr(node.type, "id", "") if node.type else "bare"
                if name in {"bare", "Exception", "BaseException"} and not _reraises(node):
                    found.add(_name(path))
    assert found <= BROAD_EXCEPTS


def _reraises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in handler.body)


def test_locks_carry_hashes_and_no_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pins = len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE))
        assert text.count("--hash=sha256:") >= pins > 0
        assert "://" not in text
    assert '"resolved"' not in (ROOT / "console" / "package-lock.json").read_text()


def test_the_default_install_has_neither_torch_nor_opencv_nor_numba():
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(
        r"^(torch|nvidia-.*|triton|opencv-.*|numba|llvmlite|silero-vad)==", lock, re.MULTILINE
    )


def test_no_commit_names_a_registry_or_a_machine():
    hosts = re.compile(
        "pypi" + r"\.org|python" + r"hosted\.org|registry\.npm" + r"js\.org|deb\.deb" + r"ian\.org"
    )
    for name in TRACKED:
        path = ROOT / name
        if path.is_file() and path.suffix not in {".wav", ".png", ".ico", ".onnx"}:
            assert not hosts.search(path.read_text(errors="replace")), name


def test_every_command_of_the_readme_exists():
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    cli = (ROOT / "orion" / "cli" / "__init__.py").read_text()
    for target in re.findall(r"^\s*(?:PORT=\d+ )?make ([a-z]+)", readme, re.MULTILINE):
        assert f"\n{target}:" in makefile, target
    for command in re.findall(r"\borion ([a-z]+)\b", "\n".join(re.findall(r"`([^`]*)`", readme))):
        assert f'"{command}"' in cli, command
