from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.plan_body import PlanBody
from ...models.problem import Problem
from ...models.step_answer import StepAnswer
from ...types import UNSET, Response, Unset


def _get_kwargs(
    session_id: UUID,
    plan_id: UUID,
    index: int,
    *,
    body: None | StepAnswer | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/agent/sessions/{session_id}/plans/{plan_id}/steps/{index}/approve".format(
            session_id=quote(str(session_id), safe=""),
            plan_id=quote(str(plan_id), safe=""),
            index=quote(str(index), safe=""),
        ),
    }

    if isinstance(body, StepAnswer):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PlanBody | Problem | None:
    if response.status_code == 200:
        response_200 = PlanBody.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[PlanBody | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    session_id: UUID,
    plan_id: UUID,
    index: int,
    *,
    client: AuthenticatedClient,
    body: None | StepAnswer | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[PlanBody | Problem]:
    """Approve a step

     Approve a step: it runs once, with the arguments that it shows. An `unknown` step runs again.

    An answer to another question than is asked by now, or to none, changes nothing (409).

    Args:
        session_id (UUID):
        plan_id (UUID):
        index (int):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (None | StepAnswer | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PlanBody | Problem]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        plan_id=plan_id,
        index=index,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    session_id: UUID,
    plan_id: UUID,
    index: int,
    *,
    client: AuthenticatedClient,
    body: None | StepAnswer | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> PlanBody | Problem | None:
    """Approve a step

     Approve a step: it runs once, with the arguments that it shows. An `unknown` step runs again.

    An answer to another question than is asked by now, or to none, changes nothing (409).

    Args:
        session_id (UUID):
        plan_id (UUID):
        index (int):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (None | StepAnswer | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PlanBody | Problem
    """

    return sync_detailed(
        session_id=session_id,
        plan_id=plan_id,
        index=index,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    session_id: UUID,
    plan_id: UUID,
    index: int,
    *,
    client: AuthenticatedClient,
    body: None | StepAnswer | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[PlanBody | Problem]:
    """Approve a step

     Approve a step: it runs once, with the arguments that it shows. An `unknown` step runs again.

    An answer to another question than is asked by now, or to none, changes nothing (409).

    Args:
        session_id (UUID):
        plan_id (UUID):
        index (int):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (None | StepAnswer | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PlanBody | Problem]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        plan_id=plan_id,
        index=index,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    session_id: UUID,
    plan_id: UUID,
    index: int,
    *,
    client: AuthenticatedClient,
    body: None | StepAnswer | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> PlanBody | Problem | None:
    """Approve a step

     Approve a step: it runs once, with the arguments that it shows. An `unknown` step runs again.

    An answer to another question than is asked by now, or to none, changes nothing (409).

    Args:
        session_id (UUID):
        plan_id (UUID):
        index (int):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (None | StepAnswer | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PlanBody | Problem
    """

    return (
        await asyncio_detailed(
            session_id=session_id,
            plan_id=plan_id,
            index=index,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
