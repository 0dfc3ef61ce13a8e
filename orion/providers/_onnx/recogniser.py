"""The client of a recognising process: one per model and server process, shared by all calls."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from loguru import logger

from orion.errors import ProviderError, ProviderTimeout

_HEADER = struct.Struct("<cII")
_FINAL, _DRAFT, _PHRASES = b"F", b"D", b"P"
WORKER = Path(__file__).with_name("worker.py")
_LOAD_SECS = 120.0
_ANSWER_SECS = 30.0
_ATTEMPTS = 2
_THREADS = 4
"""Cores that it may use at most: the rest is for the calls."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of an utterance.

    Attributes:
        language: Where the model detects it, else empty.
        sure: The model believes in the words itself.
    """

    text: str
    language: str = ""
    sure: bool = True


class Recogniser:
    """A model in a process of its own, which is started when it is first needed, and again when it died.

    Args:
        family: The provider, by which errors name the model.
        worker: The process's program, with the packets of `worker.py`.
    """

    def __init__(self, family: str, files: dict[str, str], worker: Path = WORKER) -> None:
        self._family = family
        self._files = files
        self._worker = worker
        self._phrases: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[Heard | None]] = {}
        self._numbers = count(1)
        self._starting = asyncio.Lock()
        self._told_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process's id while it lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the process where it does not run. Raises ProviderError if the model cannot be loaded."""
        async with self._starting:
            if self.pid is not None and self._reader is not None and not self._reader.done():
                return
            threads = min(_THREADS, os.cpu_count() or 1)
            options = json.dumps({"family": self._family, "files": self._files, "threads": threads})
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-sP", str(self._worker), options),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                output = await self._loaded(self._process)
            except BaseException:  # a call that hangs up meanwhile leaves no process behind
                await self._kill()
                raise
            self._reader = asyncio.get_running_loop().create_task(self._read(output))
            if self._phrases:
                self._send(_PHRASES, 0, "\n".join(self._phrases).encode())

    async def _loaded(self, process: asyncio.subprocess.Process) -> asyncio.StreamReader:
        assert process.stdout is not None
        async with asyncio.timeout(_LOAD_SECS):
            if not await process.stdout.readline():
                raise ProviderError(f"the model of {self._family} cannot be loaded on this machine")
        return process.stdout

    async def _kill(self) -> None:
        if self.pid is not None:
            assert self._process is not None
            self._process.kill()  # it may be in the middle of a long utterance
            await self._process.wait()

    async def stop(self) -> None:
        """End the process."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._kill()
        self._process = self._reader = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ProviderError(f"the process of {self._family} was stopped"))

    def expect(self, phrases: Iterable[str]) -> None:
        """What is likely to be said, for models that weigh it; it holds from the next utterance on."""
        self._phrases = list(phrases)
        if self.pid is not None and self._reader is not None:
            self._send(_PHRASES, 0, "\n".join(self._phrases).encode())

    async def hear(self, pcm: bytes, language: str, *, draft: bool = False) -> Heard:
        """The words of an utterance, 16-bit mono PCM at 16 kHz; cancelling drops the answer.

        Args:
            draft: The utterance goes on: its words may be heard less well, or, where others wait, not at all.

        Raises:
            ProviderError: The model failed at it, the process died twice over it, or cannot be started.
            ProviderTimeout: It takes too long.
        """
        for _ in range(_ATTEMPTS):
            await self.start()
            number = next(self._numbers)
            answer = self._answers[number] = asyncio.get_running_loop().create_future()
            try:
                self._ask(_DRAFT if draft else _FINAL, number, language, pcm)
                async with asyncio.timeout(_ANSWER_SECS):
                    heard: Heard | None = await answer
            except TimeoutError as error:
                self._give_up()
                raise ProviderTimeout(f"{self._family} does not answer") from error
            finally:
                del self._answers[number]
            if heard is not None:
                return heard
        raise ProviderError(f"the process of {self._family} died over an utterance")

    def _give_up(self) -> None:
        """End a process that has told nobody anything for as long as one waits: it hangs, for all calls."""
        if self.pid is not None and self._loop_secs() - self._told_at >= _ANSWER_SECS:
            assert self._process is not None
            logger.warning("the process of {} hangs, and is started anew", self._family)
            self._process.kill()

    @staticmethod
    def _loop_secs() -> float:
        return asyncio.get_running_loop().time()

    def _ask(self, kind: bytes, number: int, language: str, pcm: bytes) -> None:
        self._send(kind, number, language.encode("ascii", "ignore") + b"\0" + pcm)

    def _send(self, kind: bytes, number: int, content: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(ConnectionError, RuntimeError):  # a process that is gone is seen by `_read`
            self._process.stdin.write(_HEADER.pack(kind, number, len(content)) + content)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            told: dict[str, Any] = json.loads(line)
            self._told_at = self._loop_secs()
            if (answer := self._answers.get(told["id"])) is None or answer.done():
                continue
            if "error" in told:
                answer.set_exception(ProviderError(f"{self._family} failed at an utterance: {told['error']}"))
            else:
                answer.set_result(_heard(told))
        logger.warning("the process of {} has ended", self._family)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(None)


def _heard(told: dict[str, Any]) -> Heard:
    return Heard(told["text"], told["language"], sure=told.get("sure", True))
