"""All dialogues, or some of them, in one way: by text, or by voice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tests.dialogues.dialogue import Dialogue
from tests.dialogues.spoken import speak
from tests.dialogues.world import Running, world
from tests.dialogues.written import Ended, write

VOICES = ("slt", "rms")
"""Of flite; `heart` is hibari's."""


async def written(running: Running, dialogues: Sequence[Dialogue]) -> list[Ended]:
    """All at once by text."""
    async with world(running) as there:
        return await asyncio.gather(*(write(there, dialogue) for dialogue in dialogues))


async def spoken(
    running: Running,
    dialogues: Sequence[Dialogue],
    folder: Path,
    at_once: int = 2,
    voices: Sequence[str] = VOICES,
) -> list[Ended]:
    """By voice, a few callers at once; they have the voices in turns."""
    lines = asyncio.Semaphore(at_once)
    async with world(running) as there:

        async def call(number: int, dialogue: Dialogue) -> Ended:
            async with lines:
                return await speak(there, dialogue, voices[number % len(voices)], folder)

        return await asyncio.gather(*(call(*one) for one in enumerate(dialogues)))
