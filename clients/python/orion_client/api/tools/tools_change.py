from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.tool_body import ToolBody
from ...models.tool_change import ToolChange
from ...types import UNSET, Response, Unset


def _get_kwargs(
    tool_id: str,
    *,
    body: ToolChange,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/tools/{tool_id}".format(
            tool_id=quote(str(tool_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ToolBody | None:
    if response.status_code == 200:
        response_200 = ToolBody.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ToolBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    tool_id: str,
    *,
    client: AuthenticatedClient,
    body: ToolChange,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ToolBody]:
    """Change a tool

     Change a tool: what is not named stays, a header's value of `***` too.

    Of changes at the same time none is lost: each is made to the tool as the one before left it.

    Args:
        tool_id (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ToolChange): What of a tool shall change: fields that are there, `config` as a
            whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ToolBody]
    """

    kwargs = _get_kwargs(
        tool_id=tool_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    tool_id: str,
    *,
    client: AuthenticatedClient,
    body: ToolChange,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ToolBody | None:
    """Change a tool

     Change a tool: what is not named stays, a header's value of `***` too.

    Of changes at the same time none is lost: each is made to the tool as the one before left it.

    Args:
        tool_id (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ToolChange): What of a tool shall change: fields that are there, `config` as a
            whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ToolBody
    """

    return sync_detailed(
        tool_id=tool_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    tool_id: str,
    *,
    client: AuthenticatedClient,
    body: ToolChange,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ToolBody]:
    """Change a tool

     Change a tool: what is not named stays, a header's value of `***` too.

    Of changes at the same time none is lost: each is made to the tool as the one before left it.

    Args:
        tool_id (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ToolChange): What of a tool shall change: fields that are there, `config` as a
            whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ToolBody]
    """

    kwargs = _get_kwargs(
        tool_id=tool_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    tool_id: str,
    *,
    client: AuthenticatedClient,
    body: ToolChange,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ToolBody | None:
    """Change a tool

     Change a tool: what is not named stays, a header's value of `***` too.

    Of changes at the same time none is lost: each is made to the tool as the one before left it.

    Args:
        tool_id (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ToolChange): What of a tool shall change: fields that are there, `config` as a
            whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ToolBody
    """

    return (
        await asyncio_detailed(
            tool_id=tool_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
