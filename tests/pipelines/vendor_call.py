"""Simulated calls whose engines are the vendors' own services, over real sockets to simulators that know all.

One vendor fails in one way at a random point; behind it in its order stand another vendor and an engine
that does not fail. Time is virtual: a jump waits until no byte is under way on loopback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from orion.domain.agent import Agent
from orion.providers import Candidate, anthropic, deepgram, elevenlabs, openai
from orion.providers.scripted.voice import voice_like
from orion.settings import ProviderSettings, Settings
from tests.pipelines import simulated_call
from tests.pipelines.simulated_call import Engines, Outcome, SimulatedCall, answer_to, words_in
from tests.simulators.anthropic import KEY as ANTHROPIC_KEY
from tests.simulators.anthropic import Anthropic
from tests.simulators.anthropic import anthropic as anthropics
from tests.simulators.deepgram import KEY as DEEPGRAM_KEY
from tests.simulators.deepgram import Deepgram
from tests.simulators.deepgram import deepgram as deepgrams
from tests.simulators.elevenlabs import KEY as ELEVENLABS_KEY
from tests.simulators.elevenlabs import ElevenLabs
from tests.simulators.elevenlabs import elevenlabs as elevenlabss
from tests.simulators.faults import Fault
from tests.simulators.openai import KEY as OPENAI_KEY
from tests.simulators.openai import OpenAI
from tests.simulators.openai import openai as openais
from tests.simulators.pace import Latency, Pace

Simulator = OpenAI | Anthropic | Deepgram | ElevenLabs
_ASKED = re.compile(r"\d+ \d+ \d+\Z")
_CHARACTER_SECS = 0.06
_SILENT_FRAMES = 8
"""Flux ends a turn after 0.6 s of silence."""


@dataclass(frozen=True)
class Vendor:
    """One service of a vendor.

    Attributes:
        kind: `stt`, `llm` or `tts`.
        pieces: About so many pieces its simulator sends in a call (of a socket), or in an answer.
        socket: One connection serves a call; else each answer is a request.
        requests: About so many requests it gets in a call.
    """

    kind: str
    pieces: int
    socket: bool = False
    requests: int = 1


VENDORS = {
    "nova": Vendor("stt", 11, socket=True),
    "flux": Vendor("stt", 13, socket=True),
    "transcriptions": Vendor("stt", 1, requests=2),
    "chat": Vendor("llm", 25, requests=2),
    "responses": Vendor("llm", 25, requests=2),
    "messages": Vendor("llm", 25, requests=2),
    "speech": Vendor("tts", 15, requests=5),
    "elevenlabs": Vendor("tts", 35, socket=True),
}
FAULTS: dict[str, Callable[[Random, int], Fault]] = {
    "401": lambda _dice, _pieces: Fault("status", status=401, code="invalid_api_key"),
    "403": lambda _dice, _pieces: Fault("status", status=403, code="permission_error"),
    "429": lambda dice, _pieces: Fault(
        "status", status=429, code="rate_limit_error", retry_after_secs=dice.randrange(1, 60)
    ),
    "500": lambda _dice, _pieces: Fault("status", status=500),
    "503": lambda _dice, _pieces: Fault("status", status=503),
    "lost": lambda dice, pieces: Fault("drop", after=dice.randrange(pieces)),
    "no first piece": lambda _dice, _pieces: Fault("stall"),
    "stall": lambda dice, pieces: Fault("stall", after=dice.randrange(pieces)),
    "half": lambda dice, pieces: Fault("half", after=dice.randrange(pieces)),
    "malformed": lambda dice, pieces: Fault("malformed", after=dice.randrange(pieces)),
    "error": lambda dice, pieces: Fault("error", after=dice.randrange(pieces)),
}


def _coming(dice: Random, vendor: Vendor, fault: str) -> Iterator[Fault | None]:
    """The faults of a call's connections, or of its requests."""
    found = FAULTS[fault](dice, vendor.pieces)
    if vendor.socket and found.kind == "status":  # refused at first, or when it connects again
        if dice.random() < 0.5:
            yield Fault("drop", after=dice.randrange(vendor.pieces))
        yield from [found] * dice.randrange(1, 4)
        return
    if not vendor.socket:
        yield from [None] * dice.randrange(vendor.requests)
    yield found
    if dice.random() < 0.3:
        yield found


def _number(body: dict[str, Any], *, goes_on: bool) -> str:
    """What a model that is asked says: the answer to the last question, or what is left of it."""
    told = [(str(m.get("role")), _text(m.get("content"))) for m in body.get("messages") or body["input"]]
    at = max(index for index, (_, text) in enumerate(told) if _ASKED.search(text.split("\n")[0]))
    words = answer_to(int(told[at][1].split()[0]) // 10)
    said = next((text for role, text in told[at:] if role == "assistant"), "")
    return words.removeprefix(said.strip()).strip() if goes_on and said else words


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content or ())


def _sound(text: str) -> bytes:
    return voice_like(max(1, len(text)) * _CHARACTER_SECS)


class VendorCall:
    """A call of two turns, of whose vendors one fails.

    Args:
        vendor: Who fails, by its name in `VENDORS`.
        fault: How, by its name in `FAULTS`.
        seed: Decides where, who stands behind it, and how long everybody takes.
    """

    def __init__(self, vendor: str, fault: str, seed: int) -> None:
        self._dice = Random(f"{vendor} {fault} {seed}")
        self._vendor, self._fault, self._seed = vendor, fault, seed
        self._simulators: dict[str, Simulator] = {}

    async def run(self) -> Outcome:
        """Serve, and call."""
        async with AsyncExitStack() as stack:
            for name in VENDORS:
                self._simulators[name] = await stack.enter_async_context(_server(name))
                self._simulators[name].pace = self._pace()
                self._know(self._simulators[name])
            stack.push_async_callback(openai.stop)
            stack.push_async_callback(anthropic.stop)
            failing = self._simulators[self._vendor]
            failing.faults.add(*_coming(self._dice, VENDORS[self._vendor], self._fault))
            engines = Engines(**{kind: self._order(kind) for kind in ("llm", "stt", "tts")})
            call = SimulatedCall(self._seed, spoken=True, engines=engines, silent_frames=_SILENT_FRAMES)
            return await call.run()

    def _pace(self) -> Pace:
        first, following = self._dice.randrange(1, 150), self._dice.randrange(1, 10)
        return Pace(Latency(first, 2 * first), Latency(following, 3 * following), self._dice.randrange(1000))

    def _know(self, simulator: Simulator) -> None:
        goes_on = self._dice.random() < 0.5
        if isinstance(simulator, OpenAI):
            simulator.reads, simulator.sounds = words_in, _sound
        if isinstance(simulator, Deepgram):
            simulator.reads = words_in
        if isinstance(simulator, OpenAI | Anthropic):
            simulator.knows = lambda body: _number(body, goes_on=goes_on)

    def _order(self, kind: str) -> list[Candidate[Any]]:
        """The vendor that fails, or any; another one behind it; and what does not fail."""
        names = [name for name, vendor in VENDORS.items() if vendor.kind == kind]
        self._dice.shuffle(names)
        if self._vendor in names:
            names.remove(self._vendor)
            names.insert(0, self._vendor)
        made = [Candidate(name, _service(name, self._simulators[name].url)) for name in names[:2]]
        return [*made, Candidate("last", simulated_call.unfailing(kind))]


def _server(name: str) -> Any:
    serve = {"nova": deepgrams, "flux": deepgrams, "messages": anthropics, "elevenlabs": elevenlabss}
    return serve.get(name, openais)()


def _service(name: str, url: str) -> Any:
    keys = {"OPENAI": OPENAI_KEY, "ANTHROPIC": ANTHROPIC_KEY, "DEEPGRAM": DEEPGRAM_KEY}
    keys["ELEVENLABS"] = ELEVENLABS_KEY
    access = {vendor: ProviderSettings(key, url) for vendor, key in keys.items()}
    settings = Settings(data_dir=Path(), providers=access)
    agent = Agent("test", "")
    match name:
        case "nova" | "flux":
            model = {"nova": "nova-3", "flux": "flux-general-en"}[name]
            return deepgram.stt(settings, Agent("test", "", stt=f"deepgram/{model}"))
        case "transcriptions":
            return openai.stt(settings, agent)
        case "chat" | "responses":
            return openai.llm(settings.changed(openai_api=name), agent)
        case "messages":
            return anthropic.llm(settings, agent)
        case "speech":
            return openai.tts(settings, agent)
        case _:
            return elevenlabs.tts(settings, agent)


def cells(faults: Sequence[str] = tuple(FAULTS)) -> list[tuple[str, str]]:
    """Every fault of every vendor."""
    return [(vendor, fault) for vendor in VENDORS for fault in faults]
