"""Conversations by the hand-written Python layer: `live.py URL ACCESS_TOKEN`; prints what was told."""

import asyncio
import sys

from orion_client.api.agents import agents_get_agent
from orion_client.live import Done, Event, Invalid, NotFound, Orion, Token, Tool, Unauthenticated


async def refused(orion: Orion) -> list[str]:
    found = []
    for attempt in (
        lambda: orion.session("0192f0c1-a2b3-7c4d-8e5f-60718293a4b5"),
        lambda: orion.do(agents_get_agent, "nobody"),
        lambda: orion.open(agent="nobody"),
    ):
        try:
            await attempt()
        except (NotFound, Invalid) as error:
            found.append(f"{error.status} {error.slug}")
    return found


async def main(url: str, token: str) -> None:
    async with Orion(url, token) as orion:
        session = await orion.open(title="A trip")
        names: list[str] = []

        async def follow() -> None:
            async for event in session.events():
                assert isinstance(event, Event)
                names.append(event.name)

        following = asyncio.ensure_future(follow())
        await asyncio.sleep(1)
        print((await session.message("two plus two")).text)
        parts = [part async for part in session.stream("twelve times nine")]
        print("".join(part.text for part in parts if isinstance(part, Token)))
        print([part.name for part in parts if isinstance(part, Tool)])
        print([part.reply.tool_calls[0].tool for part in parts if isinstance(part, Done)])
        print(await refused(orion))

        tracks: list[str] = []
        call = await session.join(on_track=lambda track: tracks.append(track.kind))
        async with asyncio.timeout(20):
            while (await call.messages.get())["type"] != "bot-ready":
                pass
        await call.leave()
        print(tracks)
        following.cancel()
        print("turn.ended" in names)
    async with Orion(url, "nonsense") as stranger:
        try:
            await stranger.open()
        except Unauthenticated as error:
            print(error.status)


asyncio.run(main(*sys.argv[1:]))
