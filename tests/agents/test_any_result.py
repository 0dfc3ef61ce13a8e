"""Whatever tools, services and models bring: nothing raises, and what is kept of it can be read by all."""

import json
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from orion.agents.arguments import refuse_arguments
from orion.agents.results import MOST_CHARS, result_of
from orion.api.routers.plans import StepBody
from orion.api.routers.sessions import ToolCallBody
from orion.domain import wire
from orion.domain.approval import called, question
from orion.domain.plan import Step, StepStatus
from orion.domain.references import Dangling, Overlong, fitting
from orion.domain.storable import is_nested
from orion.domain.tool import Risk, Tool, ToolCallStatus, ToolFailure
from orion.net import answers
from orion.net.client import Answer
from orion.processors.tool_call import ToolCaller, answer
from orion.providers.offline import speech
from orion.tools import RunnableTool

SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**400)
    | st.floats()
    | st.text()
    | st.text(alphabet="\x00\ud800\udfff\u202e{}\"'<0.:;?", max_size=20)
)
ODD = st.binary() | st.dates() | st.sets(st.integers()) | st.complex_numbers() | st.builds(object)
WIDE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


def deep(value: Any, levels: int, kind: bool) -> Any:
    """The value so many levels down."""
    for _ in range(levels):
        value = {"a": value} if kind else [value]
    return value


DEEP = st.builds(deep, WIDE, st.sampled_from([0, 1, 63, 64, 65, 255, 256, 900, 5000]), st.booleans())
LONG = st.builds(lambda text, times: (text or "x") * times, st.text(), st.integers(0, 30_000))
ANY = DEEP | LONG | ODD | st.dictionaries(st.integers() | st.text(), ODD | SCALAR, max_size=3)
OPEN = {"type": "object", "properties": {"x": {"type": "string"}}}
_often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def readable(value: Any, *, by: type) -> None:
    """The routes of REST can answer with it, and PostgreSQL can keep it."""
    model: TypeAdapter[Any] = TypeAdapter(by)
    text = model.dump_json(model.validate_python(value)).decode()
    assert "\\u0000" not in text
    json.loads(text)
    json.dumps(value, allow_nan=False).encode()


class Context:
    """Of every call."""

    session_id = uuid4()


async def ran(returned: Any, arguments: dict[str, Any], risk: Risk) -> list[Any]:
    """The records of one call."""
    records: list[Any] = []

    async def run(_arguments: Any, _context: Any) -> Any:
        return returned

    async def keep(call: Any) -> None:
        records.append(call)

    runnable = RunnableTool(Tool("order", "Orders.", {"type": "object"}, risk=risk), run)
    caller = ToolCaller({"order": runnable}, lambda _call_id: Context(), keep)  # type: ignore[arg-type, return-value]
    await caller.run(runnable, "c", arguments, approved=True)
    return records


@given(ANY, st.dictionaries(st.text(max_size=5), DEEP, max_size=2), st.sampled_from(Risk))
@_often
async def test_a_call_ends_with_a_record_whatever_went_in_and_came_out(returned, arguments, risk):
    records = await ran(returned, arguments, risk)
    assert records[0].status is ToolCallStatus.RUNNING
    ended = records[-1]
    for one in records:
        readable(wire.tool_call(one), by=ToolCallBody)
        assert not is_nested(one.result)
        assert not is_nested(one.arguments)
    if risk is not Risk.READ and ended.status is not ToolCallStatus.REFUSED:
        assert ended.status is ToolCallStatus.DONE, "it has happened"
    assert len(json.dumps(ended.result, ensure_ascii=False)) <= MOST_CHARS
    told = json.dumps(answer(ended), ensure_ascii=False)
    assert speech.answer(Tool("order", "", {}), json.loads(told))
    assert called("order", ended.arguments)
    question("order", ended.arguments)


REFERENCE = st.sampled_from(
    ["{{0}}", "{{0.a}}", "{{0.a.0}}", "say {{0}}", "{{0.0}} {{0.a}}", "{{1}}", "{{0.\u00e9}}"]
)
SCHEMAS = st.sampled_from(
    [
        {},
        {"type": "string"},
        {"type": "number"},
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        {"$ref": "#/$defs/tree"},
    ]
)
TREE = {
    "tree": {
        "anyOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}]
    }
}


@given(DEEP | LONG, st.recursive(REFERENCE, lambda inner: st.lists(inner, max_size=3)), SCHEMAS)
@_often
def test_a_step_gets_its_arguments_or_is_told_why_not(returned, value, schema):
    tool = Tool("order", "", {}, risk=Risk.WRITE)
    kept = result_of(tool, returned)
    whole = {"type": "object", "properties": {"x": schema}, "$defs": TREE}
    try:
        found, refused = fitting({"x": value}, {0: kept}, lambda given: refuse_arguments(whole, given))
    except (Dangling, Overlong):
        return
    assert refused == refuse_arguments(whole, found)
    step = Step(
        0, "order", {"x": value}, resolved=None if refused else found, result=kept, status=StepStatus.DONE
    )
    readable(wire.step(step), by=StepBody)


KINDS = st.sampled_from(
    [
        "",
        "application/json",
        "text/plain; charset=latin-1",
        "text/html",
        "image/png",
        "text/plain; charset=nope",
        ";;\x00",
    ]
)
BODIES = st.binary(max_size=300) | ANY.map(
    lambda value: (
        json.dumps(value, default=str, skipkeys=True).encode()
        if not is_nested(value, 400)
        else b"[" * 100_000
    )
)


@given(BODIES, KINDS, st.sampled_from([200, 409, 500]), st.booleans())
@_often
def test_whatever_a_service_answers_a_write_that_it_accepted_has_a_result(body, kind, status, cut):
    got = Answer(status, kind, body, cut=cut)
    done = answers.done(got)
    assert not is_nested(done)
    assert len(json.dumps(done, ensure_ascii=False)) <= MOST_CHARS
    reason = answers.reason(got, ["Bearer hunter2"])
    assert len(reason) < 400
    assert "\n" not in reason
    try:
        told = answers.told(got)
    except ToolFailure:
        return
    assert not is_nested(told)
    json.dumps(told, allow_nan=False)
