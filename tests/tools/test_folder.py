"""What a tool's file lacks, or has in another form than it must, is told with its line."""

import pytest

from orion import tools
from orion.errors import FaultyFiles

WHOLE = '''"""Tells the tide."""
from pydantic import BaseModel

EXAMPLES = ("when is high tide",)
SAID = {"place": ["here"]}
SAY = "At {time}."
RISK = "write"
TIMEOUT_SECS = 5


class Args(BaseModel):
    day: str = ""


async def run(args, call):
    return {"time": "nine"}
'''


@pytest.fixture
def path(tmp_path):
    (tmp_path / "tools").mkdir()
    return tmp_path / "tools" / "tide.py"


def test_a_whole_file_is_a_tool(path, tmp_path):
    path.write_text(WHOLE)
    tool = tools.load("tide", tmp_path).tool
    assert (tool.description, tool.risk, tool.timeout_secs) == ("Tells the tide.", "write", 5.0)


@pytest.mark.parametrize(
    ("change", "line", "what", "remedy"),
    [
        (('"""Tells the tide."""', ""), 1, "the docstring is missing", "the model reads it"),
        (("(BaseModel)", ""), 11, "the arguments are missing", "class Args(BaseModel)"),
        (("day: str", "day: type"), 11, "the arguments have no JSON Schema", "types that JSON can hold"),
        (("async def run", "def run"), 15, "what runs is missing", "async def run"),
        (('("when is high tide",)', '("when is high tide")'), 4, "EXAMPLES are no texts", "the comma"),
        (('("when is high tide",)', "(1, 2)"), 4, "EXAMPLES are no texts", "the comma"),
        (('["here"]', '"here"'), 5, "SAID is no mapping of texts", "SAID = {"),
        (('"At {time}."', "None"), 6, "SAY is no text", "SAY = "),
        (('"write"', '"wild"'), 7, "there is no risk 'wild'", "read, write, danger"),
        (("= 5", "= 0"), 8, "TIMEOUT_SECS is no time", "above 0"),
    ],
)
def test_a_fault_has_its_line_and_a_remedy(path, change, line, what, remedy):
    old, new = change
    assert old in WHOLE
    path.write_text(WHOLE.replace(old, new))
    with pytest.raises(FaultyFiles) as refused:
        tools.load("tide", path.parents[1])
    (fault,) = refused.value.faults
    assert (fault.path, fault.line) == (path, line)
    assert what in fault.what
    assert remedy in fault.remedy


def test_the_faults_of_all_files_are_told_together(path, tmp_path):
    path.write_text("")
    path.with_name("ebb.py").write_text("nothing\n")
    with pytest.raises(FaultyFiles) as refused:
        tools.load_all(tmp_path)
    assert {fault.path.name for fault in refused.value.faults} == {"tide.py", "ebb.py"}
