from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.engine_usage_kind import EngineUsageKind

T = TypeVar("T", bound="EngineUsage")


@_attrs_define
class EngineUsage:
    """What one engine consumed. `cost_usd` is null where its price is not known.

    `estimated`: the vendor did not tell the tokens of an answer that was cut off.

        Attributes:
            input_tokens (int): Tokens that the model read.
            cached_tokens (int): Input tokens that were read from the provider's cache.
            cache_write_tokens (int): Input tokens that were written to the provider's cache.
            output_tokens (int): Tokens that the model wrote.
            reasoning_tokens (int): Output tokens that the model thought with.
            characters (int): Characters that were spoken.
            audio_secs (float): Seconds of audio that were heard or spoken.
            kind (EngineUsageKind): `stt` hears, `llm` answers, `tts` speaks, `speech` does it all.
            provider (str): The name of the provider; null if none serves.
            model (str): The model that was asked; empty if the engine has none.
            cost_usd (float | None): What it cost in US dollars; null if that is not known.
            estimated (bool): Whether the amounts are estimated, as the provider did not tell them.
    """

    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    characters: int
    audio_secs: float
    kind: EngineUsageKind
    provider: str
    model: str
    cost_usd: float | None
    estimated: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_tokens = self.input_tokens

        cached_tokens = self.cached_tokens

        cache_write_tokens = self.cache_write_tokens

        output_tokens = self.output_tokens

        reasoning_tokens = self.reasoning_tokens

        characters = self.characters

        audio_secs = self.audio_secs

        kind = self.kind.value

        provider = self.provider

        model = self.model

        cost_usd: float | None
        cost_usd = self.cost_usd

        estimated = self.estimated

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "input_tokens": input_tokens,
                "cached_tokens": cached_tokens,
                "cache_write_tokens": cache_write_tokens,
                "output_tokens": output_tokens,
                "reasoning_tokens": reasoning_tokens,
                "characters": characters,
                "audio_secs": audio_secs,
                "kind": kind,
                "provider": provider,
                "model": model,
                "cost_usd": cost_usd,
                "estimated": estimated,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        input_tokens = d.pop("input_tokens")

        cached_tokens = d.pop("cached_tokens")

        cache_write_tokens = d.pop("cache_write_tokens")

        output_tokens = d.pop("output_tokens")

        reasoning_tokens = d.pop("reasoning_tokens")

        characters = d.pop("characters")

        audio_secs = d.pop("audio_secs")

        kind = EngineUsageKind(d.pop("kind"))

        provider = d.pop("provider")

        model = d.pop("model")

        def _parse_cost_usd(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        cost_usd = _parse_cost_usd(d.pop("cost_usd"))

        estimated = d.pop("estimated")

        engine_usage = cls(
            input_tokens=input_tokens,
            cached_tokens=cached_tokens,
            cache_write_tokens=cache_write_tokens,
            output_tokens=output_tokens,
            reasoning_tokens=reasoning_tokens,
            characters=characters,
            audio_secs=audio_secs,
            kind=kind,
            provider=provider,
            model=model,
            cost_usd=cost_usd,
            estimated=estimated,
        )

        engine_usage.additional_properties = d
        return engine_usage

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
