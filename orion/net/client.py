"""The HTTP client for tools and webhooks: it connects only to what was checked; what comes back is bounded.

A name is resolved once per connection, all of its addresses are checked, and the connection goes to
one of them: there is no second look-up that could answer otherwise. Host and SNI stay the name. The
pool is keyed by scheme, name and port, so a kept connection leads to an address that was checked for
that name. No proxy and no credentials come from the environment.
"""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self

import httpcore2
import httpx2

from orion.errors import ProviderError, ProviderTimeout, Refused
from orion.net.addresses import AllowedHosts, is_public, refusal

MAX_BODY_BYTES = 1024 * 1024
"""Of a response, as it comes and unpacked."""
MAX_LARGE_BYTES = 8 * MAX_BODY_BYTES
"""Of what may be larger: lists of tools with their schemas have two megabytes."""
_MAX_REDIRECTS = 3
_NO_CONNECTION = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_MAX_CONNECTIONS = 100
_CONNECT_SECS = 5.0
_AGENT = "orion"
_RESOLVERS = ThreadPoolExecutor(8, "resolver")
"""Threads of their own: a name server that does not answer holds them up, and nothing else."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class UnreachableTarget(Refused):
    """The target's address is not one that tools may reach.

    `redirected`: a service that was reached has sent the client there; it may have done what was asked.
    """

    redirected = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response: its body unpacked, at most MAX_BODY_BYTES.

    Attributes:
        content_type: The media type with its parameters, as the service writes it.
        cut: The body went on, or could not be unpacked.
        moved: A service before has done what was asked for, and has redirected to this answer.
    """

    status: int
    content_type: str
    body: bytes
    cut: bool = False
    moved: bool = False

    @property
    def media_type(self) -> str:
        """The media type alone, in small letters."""
        return self.content_type.partition(";")[0].strip().lower()


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it. Raises OSError where there are none."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class NotSent(ProviderError):
    """Nothing of the request was sent."""


class GuardedClient:
    """One per process: `request` for tools, `transport` for clients that bring their own requests.

    Args:
        allowed: Hosts that may be private, and ports beyond 80 and 443.
        look_up: Resolves a name to addresses.
    """

    def __init__(self, allowed: AllowedHosts | None = None, look_up: Resolve = resolve) -> None:
        self.allowed = allowed or AllowedHosts()
        self.transport = GuardedTransport(self.allowed, look_up)
        self._look_up = look_up
        self._large: GuardedTransport | None = None
        self._client = self.client()

    def client(self, headers: Mapping[str, str] | None = None, *, large: bool = False) -> httpx2.AsyncClient:
        """A client with headers of its own over the shared, guarded connections; closing it keeps them.

        Args:
            large: Its answers may have MAX_LARGE_BYTES.
        """
        if large and self._large is None:
            self._large = GuardedTransport(self.allowed, self._look_up, max_body_bytes=MAX_LARGE_BYTES)
        return httpx2.AsyncClient(
            transport=_Shared(self._large if large and self._large else self.transport),
            headers={"User-Agent": _AGENT, **(headers or {})},
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one tool's cookies are no other's
            follow_redirects=False,
            timeout=httpx2.Timeout(None, connect=_CONNECT_SECS, pool=_CONNECT_SECS),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        await self.transport.aclose()
        if self._large is not None:
            await self._large.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        deadline_secs: float = 10.0,
        cut: bool = False,
    ) -> Answer:
        """One exchange, redirects (three at most) and body included, within the deadline.

        A redirect to another origin gets none of the headers, and is followed for GET alone.

        Args:
            cut: A body that is too long, or cannot be unpacked, is cut instead of refused.

        Raises:
            UnreachableTarget: The URL, or one that it redirects to, leads where tools may not go.
            ProviderTimeout: The deadline passed.
            NotSent: This is no URL, or there was no connection for it.
            ProviderError: A broken or an overlong answer, too many redirects, or one to what is no URL.
        """
        try:
            first = httpx2.URL(url)
        except httpx2.InvalidURL:
            raise NotSent("this is no URL") from None
        try:
            async with asyncio.timeout(deadline_secs):
                return await self._exchange(method, first, dict(headers or {}), json, cut=cut)
        except TimeoutError:
            raise ProviderTimeout(f"no answer within {deadline_secs:g} seconds") from None
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise ProviderError(f"the exchange failed: {type(error).__name__}") from None

    async def _exchange(
        self, method: str, url: httpx2.URL, headers: dict[str, str], json: Any, *, cut: bool
    ) -> Answer:
        moved = False
        for hops in range(_MAX_REDIRECTS + 1):
            request = self._client.build_request(method, url, headers=headers, json=json)
            try:
                response = await self._client.send(request, stream=True)
            except _NO_CONNECTION as error:
                if hops:  # the service before has heard it
                    raise
                raise NotSent(f"no connection: {type(error).__name__}") from None
            except UnreachableTarget as error:
                error.redirected = hops > 0
                raise
            try:
                target = _redirected(response)
                if target is None:
                    return replace(await _read(response, cut=cut), moved=moved)
            finally:
                await response.aclose()
            if target.scheme != "https" and url.scheme == "https":
                raise ProviderError("the service redirects from https to http")
            if not _same_origin(url, target):
                if method != "GET":
                    raise ProviderError("the service redirects to another host")
                headers = {}
            if response.status_code == 303 or (response.status_code in {301, 302} and method == "POST"):
                moved = moved or method != "GET"
                method, json = "GET", None
            url = target
        raise ProviderError("the service redirects too often")


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """Connects only to checked addresses, and bounds and unpacks what comes back.

    Args:
        max_body_bytes: The longest that a response may be, as it comes and unpacked.
    """

    def __init__(
        self,
        allowed: AllowedHosts,
        look_up: Resolve = resolve,
        *,
        max_body_bytes: int = MAX_BODY_BYTES,
        max_connections: int = _MAX_CONNECTIONS,
    ) -> None:
        context = httpx2.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._orion_allowed = allowed
        self._orion_max_body_bytes = max_body_bytes
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            max_connections=max_connections,
            max_keepalive_connections=20,
            keepalive_expiry=15,
            network_backend=_CheckedNetwork(allowed, look_up),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. Raises UnreachableTarget for a URL that tools may not use."""
        refuse_url(request.url, self._orion_allowed)
        request.headers["Accept-Encoding"] = "gzip"
        response = await super().handle_async_request(request)
        encoding = response.headers.get("content-encoding", "identity").lower().strip()
        headers = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() not in {b"content-encoding", b"content-length"}
        ]
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        body = _Bounded(response.stream, self._orion_max_body_bytes, encoding)
        return httpx2.Response(
            response.status_code, headers=headers, stream=body, extensions=response.extensions
        )


def refuse_url(url: httpx2.URL, allowed: AllowedHosts) -> None:
    """Raise UnreachableTarget for a URL that is refused whatever its name resolves to."""
    if url.scheme not in {"http", "https"}:
        raise UnreachableTarget("only http and https are allowed")
    if url.userinfo:
        raise UnreachableTarget("credentials in the address are not allowed")
    reason = refusal(url.host, _port(url), allowed)
    if reason:
        raise UnreachableTarget(reason)


def unreachable(url: str, allowed: AllowedHosts) -> str:
    """Why nothing at this URL may be reached, as far as the URL itself tells; empty if it may."""
    try:
        refuse_url(httpx2.URL(url), allowed)
    except UnreachableTarget as error:
        return f"{error.detail}; ORION_TOOL_ALLOWED_HOSTS can allow it"
    except httpx2.InvalidURL:
        return "this is no URL"
    return ""


class _CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections for the pool: resolves once, checks every address, connects to just those."""

    def __init__(self, allowed: AllowedHosts, look_up: Resolve) -> None:
        self._allowed = allowed
        self._look_up = look_up
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to an address of the host that was checked."""
        failure: Exception = httpcore2.ConnectError("no address")
        for address in await self._checked(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 - httpcore's signature
        timeout: float | None = None,  # noqa: ASYNC109, ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Never: a tool has no business with local sockets."""
        raise UnreachableTarget("local sockets are not allowed")

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        await self._network.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        reason = refusal(host, port, self._allowed)
        if reason:
            raise UnreachableTarget(reason)
        try:
            addresses = await self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("the name cannot be resolved") from error
        if (host, port) not in self._allowed and not all(map(is_public, addresses)):
            raise UnreachableTarget("the name leads to an address that is not public")
        return addresses


class _Unusable(httpx2.DecodingError):
    """A body that is too long, or cannot be unpacked: the connection works, and the answer came."""


class _Bounded(httpx2.AsyncByteStream):
    """A response body, unpacked, that ends with an error beyond `max_bytes`."""

    def __init__(self, stream: httpx2.AsyncByteStream, max_bytes: int, encoding: str) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._encoding = encoding

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
            raise _Unusable("unknown content encoding")
        came = given = 0
        unpack = None if self._encoding == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 32)
        async for chunk in self._stream:
            came += len(chunk)
            plain = chunk if unpack is None else _unpacked(unpack, chunk, self._max_bytes)
            given += len(plain)
            if max(came, given) > self._max_bytes:
                raise _Unusable("the answer is too long")
            yield plain

    async def aclose(self) -> None:
        await self._stream.aclose()


def _unpacked(unpack: Any, chunk: bytes, max_bytes: int) -> bytes:
    try:
        return bytes(unpack.decompress(chunk, max_bytes + 1))
    except zlib.error as error:
        raise _Unusable("the answer cannot be unpacked") from error


class _Shared(httpx2.AsyncBaseTransport):
    """The transport of one client over connections that outlive it."""

    def __init__(self, transport: GuardedTransport) -> None:
        self._transport = transport

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        return None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return await self._transport.handle_async_request(request)


async def _read(response: httpx2.Response, *, cut: bool) -> Answer:
    body, whole = bytearray(), True
    try:
        async for chunk in response.aiter_raw():
            body += chunk
    except _Unusable:
        if not cut:
            raise
        whole = False
    return Answer(response.status_code, response.headers.get("content-type", ""), bytes(body), cut=not whole)


def _redirected(response: httpx2.Response) -> httpx2.URL | None:
    """Where the response sends the client; None if it is no redirect."""
    location = response.headers.get("location")
    if response.status_code not in {301, 302, 303, 307, 308} or not location:
        return None
    return response.request.url.join(location)


def _same_origin(one: httpx2.URL, other: httpx2.URL) -> bool:
    return (one.scheme, one.host, _port(one)) == (other.scheme, other.host, _port(other))


def _port(url: httpx2.URL) -> int:
    return (443 if url.scheme == "https" else 80) if url.port is None else url.port
