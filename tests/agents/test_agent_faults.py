"""Every fault of an agent's file has its line, and a remedy that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from orion.agents.agent_faults import Known, faults
from orion.agents.roster import AgentFile

KNOWN = Known(
    tools=["timer", "calculator"],
    agents=["concierge", "scheduler", "clerk"],
    engines={"stt": ["deepgram"], "llm": ["openai", "offline"], "tts": ["flite", "espeak"]},
    voices={"flite": ["slt", "rms"]},
)


def _faults(folder: Path, text: str, name: str = "clerk.yaml") -> list[str]:
    path = folder / name
    path.write_text(text)
    return [str(fault).removeprefix(f"{path}:") for fault in faults(path, AgentFile, KNOWN)]


def test_a_file_that_uses_everything_is_valid(tmp_path: Path) -> None:
    text = """
    title: the clerk
    greeting: Hello, {{name}}.
    instructions: |
      Be kind: always.
    language: pt-BR
    voice: rms
    stt: deepgram/flux, auto
    llm: openai/gpt-4.1-mini, offline
    tts: flite
    tools: [timer]
    hand_offs: [scheduler]
    turn_taking: {eager: 1, unsure_secs: 0.3}
    fail_over: {first_token_secs: 2}
    max_call_secs: 900
    """
    assert _faults(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "begin", "remedy"),
    [
        ("instructions: a\nvoices: x\n", "2: unknown key 'voices'", "did you mean 'voice'?"),
        ("instructions: a\nxyzzy: x\n", "2: unknown key 'xyzzy'", "there are: "),
        ("instructions: |\n  tools: none\ntools: [tmer]\n", "3: tools: there is no 'tmer'", "'timer'?"),
        ("instructions: a\ntools:\n  - timer\n  - hammer\n", "4: tools: there is no 'hammer'", "calculator"),
        ("instructions: a\nhand_offs: [schedular]\n", "2: hand_offs: there is no", "'scheduler'?"),
        (
            "instructions: a\nhand_offs: [concierge, clerk]\n",
            "2: hand_offs: the agent would hand over to itself",
            "",
        ),
        ("greeting: a\n", "1: `instructions` is missing", "write `instructions: ...`"),
        ("instructions:\n", "1: instructions: ", "write a text"),
        ("instructions: ''\n", "1: instructions is empty", "write something"),
        ("greeting: hi\ninstructions: '  '\n", "2: instructions are empty", "say what"),
        ("instructions: a\nmax_call_secs: soon\n", "2: max_call_secs: a number is needed", "without quotes"),
        ("instructions: a\nmax_call_secs: 0\n", "2: max_call_secs: ", "make it greater than or equal to 1"),
        ("instructions: a\ntitle: 12\n", "2: title: ", "in quotes"),
        ("instructions: a\ntools: timer\n", "2: tools: ", "write a list"),
        ("instructions: a\ntools: [Timer]\n", "2: tools: ", "names are lower case"),
        ("instructions: a\nturn_taking: fast\n", "2: turn_taking: ", "write a mapping"),
        (f"instructions: a\ntitle: {'x' * 120}\n", "2: title is too long", "take out 20 of its 120"),
        ("instructions: a\nlanguage: english\n", "2: there is no language 'english'", "did you mean 'en'?"),
        ("instructions: a\nlanguage: qq\n", "2: there is no language 'qq'", "a code like en"),
        ("instructions: a\nllm: opneai/gpt\n", "2: llm: there is no 'opneai'", "did you mean 'openai'?"),
        ("instructions: a\ntts: flite\nvoice: stl\n", "3: flite has no voice 'stl'", "did you mean 'slt'?"),
        ("instructions: a\nturn_taking:\n  unsure: 1\n", "3: unknown key 'unsure'", "'unsure_secs'?"),
        (
            "instructions: a\nfail_over:\n  first_token: 1\n",
            "3: unknown key 'first_token'",
            "'first_token_secs'",
        ),
        ("instructions: a\ntitle: x\ntitle: y\n", "3: the key 'title' stands in line 2", "keep one"),
        ("instructions: [\n", "2: this is no YAML", "look at indents"),
        (
            "instructions: say: this\n",
            "1: this is no YAML: mapping values are not allowed here (column 18)",
            "quotes",
        ),
        ("- a\n", "1: an agent is a mapping", "instructions"),
        ("", "1: an agent is a mapping", "instructions"),
    ],
)
def test_a_fault_has_its_line_and_a_remedy(tmp_path: Path, text: str, begin: str, remedy: str) -> None:
    found = _faults(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(begin)
    assert remedy in found[0]


def test_faults_are_told_together_from_top_to_bottom(tmp_path: Path) -> None:
    found = _faults(tmp_path, "title: 1\nmood: x\ntools: timer\n")
    assert [line.split(":")[0] for line in found] == ["1", "1", "2", "3"]


def test_a_voice_counts_for_an_agents_own_engine_alone(tmp_path: Path) -> None:
    assert _faults(tmp_path, "instructions: a\nvoice: nova\n") == []
    assert _faults(tmp_path, "instructions: a\nvoice: en-gb\ntts: espeak\n") == []


def test_a_files_name_must_be_an_agents(tmp_path: Path) -> None:
    assert "is no name, rename it" in _faults(tmp_path, "instructions: a\n", "My Clerk.yaml")[0]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clerk.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in str(faults(path, AgentFile, KNOWN)[0])
    assert "file not found" in str(faults(tmp_path / "gone.yaml", AgentFile, KNOWN)[0])
