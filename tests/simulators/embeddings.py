"""`POST /v1/embeddings` as OpenAI documents it, with a model that knows a few meanings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request, Response

MEANINGS = ({"dog", "puppy", "hound"}, {"car", "automobile"}, {"coffee", "espresso"})


def embedding(text: str) -> list[float]:
    """One dimension per meaning, and one for everything else."""
    words = text.lower().replace("?", " ").split()
    return [*(float(any(w in meaning for w in words)) for meaning in MEANINGS), 0.1]


@dataclass
class Simulator:
    """The running server: its address, what it was asked, and the status with which it shall answer."""

    url: str = ""
    status: int = 200
    asked: list[dict[str, object]] = field(default_factory=list)


@asynccontextmanager
async def embeddings() -> AsyncIterator[Simulator]:
    """Serve on a free port of loopback while the context is open."""
    simulator = Simulator()
    app = FastAPI()

    @app.post("/v1/embeddings", response_model=None)
    async def _(request: Request) -> object:
        body = await request.json()
        simulator.asked.append({**body, "authorization": request.headers.get("authorization")})
        if simulator.status != 200:
            return Response(status_code=simulator.status)
        items = [
            {"object": "embedding", "index": index, "embedding": embedding(text)}
            for index, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        # In another order than asked: the index counts.
        return {"object": "list", "data": items[::-1], "model": body["model"], "usage": usage}

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    task = asyncio.get_running_loop().create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    simulator.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    try:
        yield simulator
    finally:
        server.should_exit = True
        await task
