from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.agent_file import AgentFile
from ...models.agent_with_warnings import AgentWithWarnings
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    name: str,
    *,
    body: AgentFile,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/agents/{name}".format(
            name=quote(str(name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AgentWithWarnings | Problem | None:
    if response.status_code == 200:
        response_200 = AgentWithWarnings.from_dict(response.json())

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


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AgentWithWarnings | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    body: AgentFile,
    idempotency_key: str | Unset = UNSET,
) -> Response[AgentWithWarnings | Problem]:
    """Make an agent, or replace it

     Make an agent, or replace it; calls that begin from now on have it.

    An engine that is not there at all is refused (422); one that lacks something stands in `warnings`.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (AgentFile): What an agent's YAML file may hold; the file's name is the agent's.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AgentWithWarnings | Problem]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient,
    body: AgentFile,
    idempotency_key: str | Unset = UNSET,
) -> AgentWithWarnings | Problem | None:
    """Make an agent, or replace it

     Make an agent, or replace it; calls that begin from now on have it.

    An engine that is not there at all is refused (422); one that lacks something stands in `warnings`.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (AgentFile): What an agent's YAML file may hold; the file's name is the agent's.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AgentWithWarnings | Problem
    """

    return sync_detailed(
        name=name,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    body: AgentFile,
    idempotency_key: str | Unset = UNSET,
) -> Response[AgentWithWarnings | Problem]:
    """Make an agent, or replace it

     Make an agent, or replace it; calls that begin from now on have it.

    An engine that is not there at all is refused (422); one that lacks something stands in `warnings`.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (AgentFile): What an agent's YAML file may hold; the file's name is the agent's.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AgentWithWarnings | Problem]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient,
    body: AgentFile,
    idempotency_key: str | Unset = UNSET,
) -> AgentWithWarnings | Problem | None:
    """Make an agent, or replace it

     Make an agent, or replace it; calls that begin from now on have it.

    An engine that is not there at all is refused (422); one that lacks something stands in `warnings`.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (AgentFile): What an agent's YAML file may hold; the file's name is the agent's.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AgentWithWarnings | Problem
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
