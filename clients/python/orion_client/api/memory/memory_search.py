from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.memory_page import MemoryPage
from ...models.memory_search_reach import MemorySearchReach
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    session_id: UUID,
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    reach: MemorySearchReach | Unset = MemorySearchReach.SESSION,
    query: str | Unset = "",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    json_reach: str | Unset = UNSET
    if not isinstance(reach, Unset):
        json_reach = reach.value

    params["reach"] = json_reach

    params["query"] = query

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sessions/{session_id}/memory".format(
            session_id=quote(str(session_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> MemoryPage | Problem | None:
    if response.status_code == 200:
        response_200 = MemoryPage.from_dict(response.json())

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
) -> Response[MemoryPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    session_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    reach: MemorySearchReach | Unset = MemorySearchReach.SESSION,
    query: str | Unset = "",
) -> Response[MemoryPage | Problem]:
    """What is kept

     What is kept: the best matches of a query, else the newest.

    Args:
        session_id (UUID):
        limit (int | Unset): How many at most Default: 50.
        cursor (str | Unset): The `next_cursor` of the page before
        reach (MemorySearchReach | Unset):  Default: MemorySearchReach.SESSION.
        query (str | Unset):  Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MemoryPage | Problem]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        limit=limit,
        cursor=cursor,
        reach=reach,
        query=query,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    session_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    reach: MemorySearchReach | Unset = MemorySearchReach.SESSION,
    query: str | Unset = "",
) -> MemoryPage | Problem | None:
    """What is kept

     What is kept: the best matches of a query, else the newest.

    Args:
        session_id (UUID):
        limit (int | Unset): How many at most Default: 50.
        cursor (str | Unset): The `next_cursor` of the page before
        reach (MemorySearchReach | Unset):  Default: MemorySearchReach.SESSION.
        query (str | Unset):  Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MemoryPage | Problem
    """

    return sync_detailed(
        session_id=session_id,
        client=client,
        limit=limit,
        cursor=cursor,
        reach=reach,
        query=query,
    ).parsed


async def asyncio_detailed(
    session_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    reach: MemorySearchReach | Unset = MemorySearchReach.SESSION,
    query: str | Unset = "",
) -> Response[MemoryPage | Problem]:
    """What is kept

     What is kept: the best matches of a query, else the newest.

    Args:
        session_id (UUID):
        limit (int | Unset): How many at most Default: 50.
        cursor (str | Unset): The `next_cursor` of the page before
        reach (MemorySearchReach | Unset):  Default: MemorySearchReach.SESSION.
        query (str | Unset):  Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MemoryPage | Problem]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        limit=limit,
        cursor=cursor,
        reach=reach,
        query=query,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    session_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    reach: MemorySearchReach | Unset = MemorySearchReach.SESSION,
    query: str | Unset = "",
) -> MemoryPage | Problem | None:
    """What is kept

     What is kept: the best matches of a query, else the newest.

    Args:
        session_id (UUID):
        limit (int | Unset): How many at most Default: 50.
        cursor (str | Unset): The `next_cursor` of the page before
        reach (MemorySearchReach | Unset):  Default: MemorySearchReach.SESSION.
        query (str | Unset):  Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MemoryPage | Problem
    """

    return (
        await asyncio_detailed(
            session_id=session_id,
            client=client,
            limit=limit,
            cursor=cursor,
            reach=reach,
            query=query,
        )
    ).parsed
