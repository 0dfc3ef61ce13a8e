"""A file by HTTPS that can be broken off at any time and goes on where it stopped.

Beside the part lies the strong entity tag with which it was served; the rest is asked for by `Range` and
`If-Range` (RFC 9110, sections 14.2 and 13.1.5), so that a file that has changed comes whole.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from orion.errors import ProviderError

_TIMEOUT = httpx2.Timeout(30, connect=10)
_REDIRECTS = 5
_REDIRECT = {301, 302, 303, 307, 308}
_IDLE_ATTEMPTS = 3
"""Attempts in a row that bring nothing, before it is given up."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

Tell = Callable[[int], None]
"""Takes the number of bytes that are there."""


def safe(url: str) -> bool:
    """Whether a file may come from there: by HTTPS, or from this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


async def download(url: str, part: Path, size_bytes: int, tell: Tell) -> None:
    """Bring what is missing of `part`; what has come stays there when it is broken off.

    Raises:
        ProviderError: The server refuses, sends more than `size_bytes`, or cannot be reached.
    """
    idle, before, failure = 0, -1, ""
    async with httpx2.AsyncClient(timeout=_TIMEOUT, headers={"Accept-Encoding": "identity"}) as client:
        while (have := _size(part)) < size_bytes and idle < _IDLE_ATTEMPTS:
            idle, before = (0, have) if have > before else (idle + 1, have)
            try:
                await _rest(client, url, part, size_bytes, tell)
            except httpx2.HTTPError as error:
                failure = type(error).__name__
    if _size(part) < size_bytes:
        why = failure or "too short"
        raise ProviderError(
            f"{urlsplit(url).hostname}: the download broke off ({why}); run it again to go on"
        )


async def _rest(client: httpx2.AsyncClient, url: str, part: Path, size_bytes: int, tell: Tell) -> None:
    tag = part.with_suffix(".etag")
    have = _size(part)
    known = tag.read_text() if tag.is_file() else ""
    resumed = {"Range": f"bytes={have}-", "If-Range": known} if have and known else {}
    async with _answer(client, url, resumed) as response:
        goes_on = response.status_code == 206 and _begins_at(response) == have
        if response.status_code not in {200, 206} or (response.status_code == 206 and not goes_on):
            if response.status_code in {206, 416}:  # not what was asked for: from the beginning
                _forget(part, tag)
                return
            raise ProviderError(f"{urlsplit(url).hostname} answers {response.status_code} for {part.stem}")
        fresh = response.headers.get("ETag", "")
        tag.write_text("" if fresh.startswith("W/") else fresh)
        with part.open("ab" if goes_on else "wb") as file:
            async for chunk in response.aiter_raw():
                file.write(chunk)
                if file.tell() > size_bytes:
                    raise ProviderError(f"{urlsplit(url).hostname} sends more than the {size_bytes} bytes")
                tell(file.tell())


@asynccontextmanager
async def _answer(
    client: httpx2.AsyncClient, url: str, headers: dict[str, str]
) -> AsyncIterator[httpx2.Response]:
    """The answer behind redirects, none of which leads out of HTTPS."""
    for _ in range(_REDIRECTS):
        if not safe(url):
            raise ProviderError(f"{urlsplit(url).hostname}: models come by https, or from this machine")
        async with client.stream("GET", url, headers=headers) as response:
            if response.status_code not in _REDIRECT:
                yield response
                return
            url = str(response.url.join(response.headers.get("Location", "")))
    raise ProviderError(f"{urlsplit(url).hostname} redirects in a circle")


def _forget(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _begins_at(response: httpx2.Response) -> int:
    """The first byte's place, of `Content-Range: bytes 5-9/10`; -1 for none."""
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdigit() else -1


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


async def sha256(path: Path) -> str:
    """The checksum of a file, in hex; a thread reads it."""

    def read() -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return await asyncio.to_thread(read)
