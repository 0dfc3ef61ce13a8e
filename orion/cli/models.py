"""`orion models`: what can be pulled and what is there, pulling with progress, removing."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from orion.errors import StartError
from orion.settings import Settings

if TYPE_CHECKING:
    from orion.providers._models.catalogue import Model
    from orion.providers._models.language import LanguageModel

_BAR_CHARS = 28
_TERMINAL_SECS = 0.1
_LINE_SECS = 5.0
"""Progress is told so often: on a terminal as a bar, elsewhere as lines."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("action", nargs="?", choices=["list", "pull", "remove"], default="list")
    parser.add_argument("names", nargs="*", metavar="NAME")


async def run(settings: Settings, given: argparse.Namespace) -> int:
    """List, pull or remove; a pull that was broken off goes on where it stopped."""
    if bool(given.names) != (given.action != "list"):
        raise StartError("give names to pull and remove, and none to list; `orion models` shows them")
    if given.action == "pull":
        return await _pull(settings, given.names)
    if given.action == "remove":
        for name in given.names:
            await _remove(settings, name)
            print(f"{name} is gone.")
        return 0
    return await _list(settings)


async def _pull(settings: Settings, names: list[str]) -> int:
    from orion.providers._models import catalogue, language

    # All are known before the first is pulled.
    wanted = [language.find(name) or catalogue.find(settings, name) for name in names]
    for model in wanted:
        if isinstance(model, catalogue.Model):
            await _pull_speech(settings, model)
        else:
            await _pull_language(settings, model)
    return 0


async def _pull_speech(settings: Settings, model: Model) -> None:
    from orion import providers
    from orion.providers._models import catalogue
    from orion.providers._models.pull import pull

    if model in catalogue.pulled(settings, model.provider):
        print(f"{model.name} is there.")
        return
    tell = progress(model.name)
    await pull(settings, model, lambda there_bytes: tell(there_bytes, model.size_bytes))
    print(f"{model.name} is there ({model.licence}); calls from now on may use it.")
    lack = providers.lack(settings, "stt" if model.kind == "stt" else "tts", model.provider)
    if lack:
        print(f"It cannot run yet: {lack}")


async def _pull_language(settings: Settings, model: LanguageModel) -> None:
    """Pull it, and say whether agents will talk by it."""
    from orion import providers
    from orion.providers._models import language

    if model.name in (await language.names(settings) or ()):
        print(f"{model.name} is there.")
        return
    await language.pull(settings, model, progress(model.name))
    choice = providers.choose(settings, "llm")
    print(f"{model.name} is there (licence: {model.licence}).")
    if choice.provider == "ollama":
        print("Agents of ORION talk by it from the next call on.")
    else:
        print(
            f"Agents go on with {choice.provider} ({choice.reason}); this one: ORION_LLM=ollama/{model.name}"
        )


async def _remove(settings: Settings, name: str) -> None:
    from orion.providers._models import language
    from orion.providers._models.pull import remove

    model = language.find(name)
    if model is None:
        remove(settings, name)
    else:
        await language.remove(settings, model)


def is_embedded(settings: Settings, provider: str) -> bool:
    """Whether ORION brings the engine: it needs no key and no download."""
    from orion import providers

    return bool(getattr(providers.module(settings, provider), "RANK", providers.PULLED) < providers.PULLED)


def unserved(settings: Settings) -> list[tuple[str, str]]:
    """The agents whose language no engine takes, and what to pull, for `orion doctor`."""
    from orion import providers
    from orion.agents.roster import Roster

    roster = Roster.load(settings.project)
    found: list[tuple[str, str]] = []
    for agent in map(roster.get, roster.names()):
        kinds: tuple[tuple[providers.Kind, str | None], ...] = (("stt", agent.stt), ("tts", agent.tts))
        for kind, own in kinds:
            try:
                providers.order(settings, kind, own, agent.language)
            except StartError as error:
                if "hears no" in error.detail or "speaks no" in error.detail:
                    found.append((agent.name, error.detail))
    return found


async def _list(settings: Settings) -> int:
    from orion.providers._models import catalogue

    there = {model.name: model for model in catalogue.pulled(settings)}
    print(f"{'NAME':<20} KIND {'LANGUAGES':<22} {'SIZE':>7}  {'LICENCE':<14} STATE")
    for model in ({**catalogue.catalogue(settings), **there}).values():
        languages = ", ".join(model.languages)
        languages = f"{len(model.languages)} languages" if len(languages) > 22 else languages
        state = "pulled" if model.name in there else "-"
        print(
            f"{model.name:<20} {model.kind}  {languages:<22} {_mb(model.size_bytes):>7}  "
            f"{model.licence:<14} {state}"
        )
    await _list_language(settings)
    print(
        f"Pulled models lie in {catalogue.folder(settings)}; language models in Ollama, any by ollama/NAME."
    )
    return 0


async def _list_language(settings: Settings) -> None:
    """The language models that ORION names, and those that the Ollama has."""
    from orion.providers._models import language

    there = await language.names(settings) or []
    short = {model.name: name for name, model in language.KNOWN.items()}
    for name, model in language.KNOWN.items():
        state = "pulled" if model.name in there else "-"
        size = f"{model.size_bytes / 1e9:.1f} GB"
        print(f"{name:<20} llm  {'many languages':<22} {size:>7}  {model.licence:<14} {state}")
    for name in there:
        if name not in short:
            print(f"{'ollama/' + name:<20} llm  {'-':<22} {'-':>7}  {'its own':<14} pulled")


def progress(name: str) -> Callable[[int, int], None]:
    """Tells how much of a model is there: a bar on a terminal, else a line every five seconds."""
    terminal = sys.stdout.isatty()
    begun, first_bytes, told = time.monotonic(), -1, 0.0

    def tell(there_bytes: int, size_bytes: int) -> None:
        nonlocal first_bytes, told
        first_bytes = there_bytes if first_bytes < 0 else first_bytes
        now = time.monotonic()
        done = there_bytes >= size_bytes
        if not done and now - told < (_TERMINAL_SECS if terminal else _LINE_SECS):
            return
        told = now
        rate = (there_bytes - first_bytes) / max(now - begun, 0.001)
        share = there_bytes / max(size_bytes, 1)
        text = f"{_mb(there_bytes)} of {_mb(size_bytes)} {share:4.0%} {_mb(int(rate))}/s"
        if terminal:
            bar = "#" * int(share * _BAR_CHARS)
            print(f"\r{name} [{bar:<{_BAR_CHARS}}] {text} ", end="\n" if done else "", flush=True)
        else:
            print(f"{name}: {text}", flush=True)

    return tell


def _mb(number: int) -> str:
    return f"{number / 1e6:.1f} MB" if number < 1e7 else f"{number / 1e6:.0f} MB"
