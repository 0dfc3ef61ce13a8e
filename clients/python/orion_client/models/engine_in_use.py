from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.engine_in_use_kind import EngineInUseKind

if TYPE_CHECKING:
    from ..models.improvement_body import ImprovementBody


T = TypeVar("T", bound="EngineInUse")


@_attrs_define
class EngineInUse:
    """One part of an agent as people call it, why not a better one serves, and what would improve it.

    Attributes:
        kind (EngineInUseKind): What kind it is.
        provider (None | str): The name of the provider; null if none serves.
        name (str): Its name.
        note (None | str): Why the better engine that ORION brings does not serve; null if it does.
        better (list[ImprovementBody]): What would improve it; empty if nothing is known, or an operator chose it.
    """

    kind: EngineInUseKind
    provider: None | str
    name: str
    note: None | str
    better: list[ImprovementBody]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        provider: None | str
        provider = self.provider

        name = self.name

        note: None | str
        note = self.note

        better = []
        for better_item_data in self.better:
            better_item = better_item_data.to_dict()
            better.append(better_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "provider": provider,
                "name": name,
                "note": note,
                "better": better,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.improvement_body import ImprovementBody  # noqa: PLC0415

        d = dict(src_dict)
        kind = EngineInUseKind(d.pop("kind"))

        def _parse_provider(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        provider = _parse_provider(d.pop("provider"))

        name = d.pop("name")

        def _parse_note(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        note = _parse_note(d.pop("note"))

        better = []
        _better = d.pop("better")
        for better_item_data in _better:
            better_item = ImprovementBody.from_dict(better_item_data)

            better.append(better_item)

        engine_in_use = cls(
            kind=kind,
            provider=provider,
            name=name,
            note=note,
            better=better,
        )

        engine_in_use.additional_properties = d
        return engine_in_use

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
