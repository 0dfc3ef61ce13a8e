"""The vendors' simulators in a process of their own, without latency; their addresses as JSON, a line."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.simulators.anthropic import Told as Said
from tests.simulators.anthropic import anthropic
from tests.simulators.deepgram import deepgram
from tests.simulators.elevenlabs import elevenlabs
from tests.simulators.openai import Told, openai


async def main() -> None:
    said, answer = sys.argv[1:]
    async with deepgram() as ears, openai() as mind, anthropic() as other, elevenlabs() as voice:
        ears.heard, mind.answers, other.answers = [said], [Told(answer)], [Said(answer)]
        served = {"deepgram": ears, "openai": mind, "anthropic": other, "elevenlabs": voice}
        print(json.dumps({name: one.url for name, one in served.items()}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
