"""The tutorial, word by word: its commands, its files, what is printed, and what is said, typed and aloud."""

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.conftest import need
from tests.journeys.development import Development, answered, environ, new_session
from tests.journeys.phone import calling, spoken

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()
_STEP = re.compile(
    r"^(?:`(?P<path>[\w/.]+)`\n)?```(?P<kind>\w+)\n(?P<body>.*?)^```"
    r"|^> You: (?P<you>[^\n]+)\n> Agent: (?P<agent>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Reader:
    """Somebody who does what the tutorial says, from an empty folder on."""

    folder: Path
    data_dir: Path
    programs: Path
    development: Development | None = None
    told: str = ""
    seen: int = 0
    talks: int = 0

    async def follow(self) -> None:
        for step in _STEP.finditer(TUTORIAL):
            if step["you"]:
                await self.talk(step["you"], step["agent"])
            elif step["path"]:
                self.save(step["path"], step["body"])
            elif step["kind"] == "sh":
                await self.run(step["body"])
            else:
                await self.expect(step["body"])

    def save(self, path: str, content: str) -> None:
        self.seen = (
            len(self.development.lines) if self.development and path.startswith("tools/") else self.seen
        )
        (self.folder / path).write_text(content)

    async def run(self, commands: str) -> None:
        """Run the commands by a shell that keeps its folder; `orion dev` in the background."""
        if commands == "orion dev\n":
            self.development = await asyncio.to_thread(Development, self.folder, self.data_dir)
            self.told = ""
            return
        path = f"{self.programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"  # noqa: TID251
        done = await asyncio.to_thread(
            subprocess.run,
            ["bash", "-c", f"{commands}\npwd"],
            cwd=self.folder,
            env=environ(PATH=path, PYTHONPATH=str(ROOT)),
            capture_output=True,
            text=True,
        )
        *told, folder = done.stdout.splitlines()
        self.folder, self.told = Path(folder), "\n".join(told) + done.stderr

    async def expect(self, lines: str) -> None:
        """What stands on the page is printed, by the last commands or by `orion dev`; `...` is any text."""
        for line in lines.splitlines():
            shown = line.replace("127.0.0.1:3000", "127.0.0.1:...")
            pattern = ".*".join(map(re.escape, shown.split("...")))
            if self.told:
                assert re.search(pattern, self.told), f"{line}\n{self.told}"
            else:
                assert self.development is not None
                await asyncio.to_thread(self.development.printed, pattern, self.seen)
        self.told = ""

    async def talk(self, said: str, answer: str) -> None:
        """Ask in a new session by text, and in another aloud."""
        assert self.development is not None
        async with self.development.client() as http:
            await answered(http, said, answer)
            async with calling(http, await new_session(http)) as phone:
                await phone.event("turn.ended", role="agent")
                turn = await phone.answer_to(spoken(said, self.programs))
        assert turn["text"] == answer
        assert turn["agent"] == "reception"
        self.talks += 1


@pytest.fixture
def reader(open_dir, tmp_path):
    need("flite")
    programs = tmp_path / "programs"
    programs.mkdir()
    orion = programs / "orion"
    orion.write_text(f'#!/bin/sh\nexec {sys.executable} -m orion "$@"\n')
    orion.chmod(0o755)
    folder = tmp_path / "projects"
    folder.mkdir()
    found = Reader(folder, open_dir / "tutorial-data", programs)
    yield found
    if found.development is not None:
        found.development.end()


async def test_the_tutorial_does_what_it_says(reader):
    async with asyncio.timeout(240):
        await reader.follow()
    assert reader.talks == TUTORIAL.count("\n> You: ") == 4


def test_the_tutorials_tool_has_at_most_25_lines():
    (tool,) = re.findall(r"^`tools/stock.py`\n```python\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    assert tool.count("\n") <= 25
