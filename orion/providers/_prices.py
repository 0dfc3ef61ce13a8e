"""The price list as data: `prices.yaml` of this folder, and a project's own, which wins model by model."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from orion import providers, registry
from orion.domain.price import FREE, Price, PriceList
from orion.domain.usage import Engine
from orion.errors import StartError
from orion.settings import Settings

_BUILT_IN = Path(str(files("orion"))) / "providers" / "prices.yaml"
_PULLED_OR_EMBEDDED = 40
"""Engines of a lower rank run on the machine itself."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML brings it: a tenth of the time, at each start."""

_Dollars = Annotated[Decimal, Field(ge=0, le=100_000)]


class _Price(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input: _Dollars | None = None
    cached_input: _Dollars | None = None
    cache_write: _Dollars | None = None
    output: _Dollars | None = None
    characters: _Dollars | None = None
    audio_minute: _Dollars | None = None
    source: str = ""
    seen: date | None = None


class _Seller(BaseModel):
    model_config = ConfigDict(extra="forbid")

    domain: str | None = None
    stt: dict[str, _Price] = {}
    llm: dict[str, _Price] = {}
    tts: dict[str, _Price] = {}


class _Sellers(RootModel[dict[str, _Seller]]):
    """The providers by name."""


def load(settings: Settings) -> PriceList:
    """The prices that hold with these settings.

    Raises:
        StartError: The project's `prices.yaml` is not valid; the detail names the place and what is wrong.
    """
    prices: dict[Engine, Price] = {
        (kind, name, "*"): FREE for name in _free(settings) for kind in providers.KINDS
    }
    for name, seller in _read(_BUILT_IN).items():
        for kind in providers.KINDS:
            if _at_home(settings, name, kind, seller.domain):
                prices |= _rows(name, kind, seller)
    own = settings.project / "prices.yaml" if settings.project else None
    if own is not None and own.is_file():
        for name, seller in _read(own).items():
            for kind in providers.KINDS:
                prices |= _rows(name, kind, seller)
    return PriceList(prices)


def _free(settings: Settings) -> list[str]:
    ranks = {
        name: getattr(providers.module(settings, name), "RANK", None)
        for name in registry.names("providers", settings.project)
    }
    return [name for name, rank in ranks.items() if rank is not None and rank < _PULLED_OR_EMBEDDED]


def _rows(name: str, kind: providers.Kind, seller: _Seller) -> dict[Engine, Price]:
    listed: dict[str, _Price] = getattr(seller, kind)
    return {(kind, name, model): Price(**dict(price)) for model, price in listed.items()}


def _at_home(settings: Settings, name: str, kind: providers.Kind, domain: str | None) -> bool:
    """Whether the provider is asked at its vendor's own address."""
    own_server = settings.llm_base_url if (name, kind) == ("openai", "llm") else None
    url = own_server or settings.provider(name).base_url
    if url is None or domain is None:
        return True
    host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    return host == domain or host.endswith(f".{domain}")


def _read(path: Path) -> dict[str, _Seller]:
    try:
        text = path.read_text(encoding="utf-8")
        content: Any = yaml.load(text, Loader=_LOADER) or {}  # noqa: S506 - both are safe
        if not isinstance(content, dict):
            raise StartError(f"{path}: a price list is a mapping of providers")
        return _Sellers.model_validate(content).root
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise StartError(f"{path}: this cannot be read: {type(error).__name__}") from error
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise StartError(f"{path}: {place}: {problem['msg']}") from error
