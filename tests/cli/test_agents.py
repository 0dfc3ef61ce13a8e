"""`orion agents validate`, on files and on a whole project."""

import json


def test_valid_agent_files_are_counted(orion, project):
    first, second = project / "agents" / "clerk.yaml", project / "agents" / "cook.yaml"
    first.write_text("instructions: be kind\nhand_offs: [cook]\n")
    second.write_text("instructions: cook well\ntools: [timer]\n")
    code, out, _ = orion("agents", "validate", str(first), str(second))
    assert (code, out) == (0, "2 files are valid.\n")


def test_faulty_agent_files_are_told_line_by_line(orion, project):
    faulty = project / "clerk.yaml"
    faulty.write_text("instructions: be kind\ntools: [hammer]\nvoices: x\n")
    gone = project / "gone.yaml"
    code, out, _ = orion("agents", "validate", str(faulty), str(gone))
    assert code == 1
    assert f"{faulty}:3: unknown key 'voices', did you mean 'voice'?" in out
    assert f"{gone}:1: No such file" in out


def test_without_files_the_whole_project_is_looked_at(orion, project):
    for folder in ("tools", "guardrails"):
        (project / folder).mkdir()
    (project / "tools" / "broken.py").write_text('"""Breaks."""\nimport nothing_like_this\n')
    (project / "tools" / "half.py").write_text(
        '"""Half."""\nEXAMPLES = ("only one")\ndef run(args, call): ...\n'
    )
    (project / "tools" / "My-Tool.py").write_text("")
    (project / "guardrails" / "polite.py").write_text("def check(utterance, state)\n    return []\n")
    (project / "agents" / "clerk.yaml").write_text("instructions: be kind\ntools: [timr]\n")
    (project / "agents" / "cook.yml").write_text("instructions: cook\n")
    code, out, _ = orion("agents", "validate", "--project", str(project))
    begins = [line.removeprefix(f"{project}/").partition(",")[0] for line in out.splitlines()]
    assert code == 1
    assert begins == [
        "agents/clerk.yaml:2: tools: there is no 'timr'",
        "agents/cook.yml:1: this file is not read",
        "guardrails/polite.py:1: Python syntax error: expected ':' (column 28)",
        "tools/My-Tool.py:1: this file is not read",
        "tools/broken.py:2: ModuleNotFoundError: No module named 'nothing_like_this'",
        "tools/half.py:1: the arguments are missing",
        "tools/half.py:2: EXAMPLES are no texts",
        "tools/half.py:3: what runs is missing",
    ]


def test_an_editor_gets_json(orion, project):
    (project / "agents" / "clerk.yaml").write_text("instructions: say: this\n")
    code, out, _ = orion("agents", "validate", "--json", "--project", str(project))
    (fault,) = json.loads(out)
    assert code == 1
    assert fault.pop("remedy")
    assert fault == {
        "file": f"{project}/agents/clerk.yaml",
        "line": 1,
        "column": 18,
        "what": "this is no YAML: mapping values are not allowed here",
    }


def test_a_voice_that_an_engine_does_not_have_is_told(orion, project):
    (project / ".env").write_text("OPENAI_API_KEY=k\n")
    (project / "agents" / "clerk.yaml").write_text("instructions: a\ntts: openai\nvoice: novva\n")
    (project / "agents" / "cook.yaml").write_text("instructions: a\ntts: openai, flite\nvoice: slt\n")
    code, out, _ = orion("agents", "validate", "--project", str(project))
    assert code == 1
    assert "cook.yaml" not in out
    assert "clerk.yaml:3: openai has no voice 'novva', did you mean 'nova'?" in out


def test_without_a_project_and_without_files_there_is_nothing_to_check(orion):
    code, _, err = orion("agents", "validate")
    assert code == 1
    assert "there is no project here" in err
