"""What the README says to a program works as it stands there."""

import re
import subprocess
from pathlib import Path

from tests.journeys.conftest import need, start_server

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_lines_for_a_program_answer_what_they_say(open_dir):
    for program in ("curl", "jq"):
        need(program)
    (script,) = re.findall(r"```sh\n(ORION=.*?)```", README, re.DOTALL)
    server = start_server(open_dir / "program")
    try:
        script = script.replace("http://127.0.0.1:3000", server.url)
        done = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, check=True)
    finally:
        server.stop()
    assert '"text":"That is 108."' in done.stdout
