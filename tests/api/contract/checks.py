"""Loaded by schemathesis: checks of its own for this API, and examples that stay on this machine."""

import json
import os
import re
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.hooks import HookContext

ORIGIN = os.environ["ORION_TEST_ORIGIN"]  # noqa: TID251 - the tests' own: a web service on loopback
NOWHERE = "0199aaaa-0000-7000-8000-000000000000"
PROVIDERS = "/api/v1/providers/{name}"
ADDRESSES = {"/api/v1/tools", "/api/v1/webhooks", "/api/v1/webhooks/{webhook_id}"}
ELSEWHERE = re.compile(r"https?://[a-z.]*example\.org")
UNHOLDABLE = ("NUL", "digits", "too long or too large", "nested deeper", "UTF-8", "is no JSON")


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """The addresses of examples lead to the origin instead, and links without a session to none."""
    if case.operation.path in ADDRESSES and isinstance(case.body, dict):
        try:
            case.body = json.loads(ELSEWHERE.sub(ORIGIN, json.dumps(case.body)))
        except (TypeError, ValueError):
            return  # no JSON: a broken body on purpose
    if case.path_parameters.get("session_id", NOWHERE) in {None, "None"}:
        case.path_parameters["session_id"] = NOWHERE  # a memory of the user's has no session to lead to
    if case.operation.path == PROVIDERS and isinstance(case.body, dict):
        address = case.body.get("base_url")
        if isinstance(address, str) and address.startswith("http"):
            case.body["base_url"] = ORIGIN


@schemathesis.check
def every_problem_is_described(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """The slug of a problem stands in the operation's description, under its status."""
    if response.headers.get("content-type", [""])[0] != "application/problem+json":
        return
    methods = case.operation.schema.raw_schema["paths"][case.operation.path]
    described = methods[case.operation.method]["responses"].get(str(response.status_code))
    if described is None:
        return  # for status_code_conformance, which knows when a request was none of this operation
    problem = response.json()
    slug = problem["type"].removeprefix("/problems/")
    assert slug in described["content"]["application/problem+json"]["examples"], f"{slug} is not described"
    assert problem["request_id"] == response.headers["x-request-id"][0]


@schemathesis.check
def only_what_cannot_be_held_is_malformed(
    _context: CheckContext, response: Response, case: Case[Any]
) -> None:
    """A request that fits its schema is called malformed only for what JSON Schema cannot exclude."""
    meta = case.meta
    if response.status_code == 400 and meta is not None and meta.generation.mode.is_positive:
        problem = response.json()
        if problem["type"] == "/problems/malformed":
            assert any(reason in problem["detail"] for reason in UNHOLDABLE), problem["detail"]
