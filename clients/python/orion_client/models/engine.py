from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.engine_kind import EngineKind

T = TypeVar("T", bound="Engine")


@_attrs_define
class Engine:
    """Which provider serves a kind of engine, and why; null where none can.

    Attributes:
        kind (EngineKind): `stt` hears, `llm` answers, `tts` speaks.
        provider (None | str): The name of the provider; null if none serves.
        reason (str): Why, in words.
    """

    kind: EngineKind
    provider: None | str
    reason: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        provider: None | str
        provider = self.provider

        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "provider": provider,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = EngineKind(d.pop("kind"))

        def _parse_provider(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        provider = _parse_provider(d.pop("provider"))

        reason = d.pop("reason")

        engine = cls(
            kind=kind,
            provider=provider,
            reason=reason,
        )

        engine.additional_properties = d
        return engine

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
