from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.session_page import SessionPage
from ...models.session_status import SessionStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    status: SessionStatus | Unset = UNSET,
    mine: bool | Unset = False,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["mine"] = mine

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sessions",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | SessionPage | None:
    if response.status_code == 200:
        response_200 = SessionPage.from_dict(response.json())

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
) -> Response[Problem | SessionPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: SessionStatus | Unset = UNSET,
    mine: bool | Unset = False,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[Problem | SessionPage]:
    """Your sessions, newest first

     Your sessions (an admin's: the workspace's), newest first.

    Args:
        status (SessionStatus | Unset): `created` -> `active` <-> `paused` -> `ended`.
        mine (bool | Unset): Only your own; an admin gets the workspace's without it Default:
            False.
        limit (int | Unset): How many at most Default: 20.
        cursor (str | Unset): The `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SessionPage]
    """

    kwargs = _get_kwargs(
        status=status,
        mine=mine,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    status: SessionStatus | Unset = UNSET,
    mine: bool | Unset = False,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Problem | SessionPage | None:
    """Your sessions, newest first

     Your sessions (an admin's: the workspace's), newest first.

    Args:
        status (SessionStatus | Unset): `created` -> `active` <-> `paused` -> `ended`.
        mine (bool | Unset): Only your own; an admin gets the workspace's without it Default:
            False.
        limit (int | Unset): How many at most Default: 20.
        cursor (str | Unset): The `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SessionPage
    """

    return sync_detailed(
        client=client,
        status=status,
        mine=mine,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: SessionStatus | Unset = UNSET,
    mine: bool | Unset = False,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[Problem | SessionPage]:
    """Your sessions, newest first

     Your sessions (an admin's: the workspace's), newest first.

    Args:
        status (SessionStatus | Unset): `created` -> `active` <-> `paused` -> `ended`.
        mine (bool | Unset): Only your own; an admin gets the workspace's without it Default:
            False.
        limit (int | Unset): How many at most Default: 20.
        cursor (str | Unset): The `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SessionPage]
    """

    kwargs = _get_kwargs(
        status=status,
        mine=mine,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    status: SessionStatus | Unset = UNSET,
    mine: bool | Unset = False,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Problem | SessionPage | None:
    """Your sessions, newest first

     Your sessions (an admin's: the workspace's), newest first.

    Args:
        status (SessionStatus | Unset): `created` -> `active` <-> `paused` -> `ended`.
        mine (bool | Unset): Only your own; an admin gets the workspace's without it Default:
            False.
        limit (int | Unset): How many at most Default: 20.
        cursor (str | Unset): The `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SessionPage
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            mine=mine,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
