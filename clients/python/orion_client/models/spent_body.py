from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SpentBody")


@_attrs_define
class SpentBody:
    """What was spent in one group; `complete` is false where a part of it has no known cost.

    Attributes:
        input_tokens (int): Tokens that the model read.
        cached_tokens (int): Input tokens that were read from the provider's cache.
        cache_write_tokens (int): Input tokens that were written to the provider's cache.
        output_tokens (int): Tokens that the model wrote.
        reasoning_tokens (int): Output tokens that the model thought with.
        characters (int): Characters that were spoken.
        audio_secs (float): Seconds of audio that were heard or spoken.
        group (str): The day, agent or provider that the row is about.
        cost_usd (float): What it cost in US dollars; null if that is not known.
        complete (bool): False if the cost of some engine is not known, so that the sum is too small.
    """

    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    characters: int
    audio_secs: float
    group: str
    cost_usd: float
    complete: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_tokens = self.input_tokens

        cached_tokens = self.cached_tokens

        cache_write_tokens = self.cache_write_tokens

        output_tokens = self.output_tokens

        reasoning_tokens = self.reasoning_tokens

        characters = self.characters

        audio_secs = self.audio_secs

        group = self.group

        cost_usd = self.cost_usd

        complete = self.complete

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
                "group": group,
                "cost_usd": cost_usd,
                "complete": complete,
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

        group = d.pop("group")

        cost_usd = d.pop("cost_usd")

        complete = d.pop("complete")

        spent_body = cls(
            input_tokens=input_tokens,
            cached_tokens=cached_tokens,
            cache_write_tokens=cache_write_tokens,
            output_tokens=output_tokens,
            reasoning_tokens=reasoning_tokens,
            characters=characters,
            audio_secs=audio_secs,
            group=group,
            cost_usd=cost_usd,
            complete=complete,
        )

        spent_body.additional_properties = d
        return spent_body

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
