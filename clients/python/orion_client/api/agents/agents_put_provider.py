from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.provider_body import ProviderBody
from ...models.provider_entry import ProviderEntry
from ...types import UNSET, Response, Unset


def _get_kwargs(
    name: str,
    *,
    body: ProviderEntry,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/providers/{name}".format(
            name=quote(str(name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ProviderBody | None:
    if response.status_code == 200:
        response_200 = ProviderBody.from_dict(response.json())

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
) -> Response[Problem | ProviderBody]:
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
    body: ProviderEntry,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ProviderBody]:
    """Enter a key of the workspace's own, for the calls that begin from now on

     Enter a key of the workspace's own, for the calls that begin from now on; the server's does not
    count.

    The whole entry is replaced: a new address alone would take a key along that was meant for another
    one.
    The vendor is asked once whether it takes the key. If it refuses, or does not answer, the key is
    kept all
    the same and `problem` says why: vendors have keys that may answer calls and not list models, and an
    outage is no reason to type it again.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ProviderEntry): A key, an address, or both; what is left out is not kept from
            before.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderBody]
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
    body: ProviderEntry,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ProviderBody | None:
    """Enter a key of the workspace's own, for the calls that begin from now on

     Enter a key of the workspace's own, for the calls that begin from now on; the server's does not
    count.

    The whole entry is replaced: a new address alone would take a key along that was meant for another
    one.
    The vendor is asked once whether it takes the key. If it refuses, or does not answer, the key is
    kept all
    the same and `problem` says why: vendors have keys that may answer calls and not list models, and an
    outage is no reason to type it again.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ProviderEntry): A key, an address, or both; what is left out is not kept from
            before.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderBody
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
    body: ProviderEntry,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ProviderBody]:
    """Enter a key of the workspace's own, for the calls that begin from now on

     Enter a key of the workspace's own, for the calls that begin from now on; the server's does not
    count.

    The whole entry is replaced: a new address alone would take a key along that was meant for another
    one.
    The vendor is asked once whether it takes the key. If it refuses, or does not answer, the key is
    kept all
    the same and `problem` says why: vendors have keys that may answer calls and not list models, and an
    outage is no reason to type it again.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ProviderEntry): A key, an address, or both; what is left out is not kept from
            before.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderBody]
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
    body: ProviderEntry,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ProviderBody | None:
    """Enter a key of the workspace's own, for the calls that begin from now on

     Enter a key of the workspace's own, for the calls that begin from now on; the server's does not
    count.

    The whole entry is replaced: a new address alone would take a key along that was meant for another
    one.
    The vendor is asked once whether it takes the key. If it refuses, or does not answer, the key is
    kept all
    the same and `problem` says why: vendors have keys that may answer calls and not list models, and an
    outage is no reason to type it again.

    Args:
        name (str):
        idempotency_key (str | Unset): The same key and body give the same answer, for 24 hours
        body (ProviderEntry): A key, an address, or both; what is left out is not kept from
            before.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderBody
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
