"""The vendors' simulators in a process of their own, without latency; their addresses as JSON, a line."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.simulators.deepgram import deepgram
from tests.simulators.elevenlabs import elevenlabs
from tests.simulators.openai import Told, openai


async def main() -> None:
    said, answer = sys.argv[1:]
    async with deepgram() as ears, openai() as mind, elevenlabs() as voice:
        ears.heard, mind.answers = [said], [Told(answer)]
        print(json.dumps({"deepgram": ears.url, "openai": mind.url, "elevenlabs": voice.url}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
