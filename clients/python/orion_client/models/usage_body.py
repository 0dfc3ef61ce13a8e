from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.engine_usage import EngineUsage


T = TypeVar("T", bound="UsageBody")


@_attrs_define
class UsageBody:
    """What was consumed, by engine; `cost_usd` is null as soon as that of one engine is not known.

    Attributes:
        cost_usd (float | None): What it cost in US dollars; null if that is not known.
        currency (Literal['USD']): The currency of all amounts.
        engines (list[EngineUsage]): What each engine consumed.
    """

    cost_usd: float | None
    currency: Literal["USD"]
    engines: list[EngineUsage]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cost_usd: float | None
        cost_usd = self.cost_usd

        currency = self.currency

        engines = []
        for engines_item_data in self.engines:
            engines_item = engines_item_data.to_dict()
            engines.append(engines_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cost_usd": cost_usd,
                "currency": currency,
                "engines": engines,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.engine_usage import EngineUsage  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_cost_usd(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        cost_usd = _parse_cost_usd(d.pop("cost_usd"))

        currency = cast(Literal["USD"], d.pop("currency"))
        if currency != "USD":
            raise ValueError(f"currency must match const 'USD', got '{currency}'")

        engines = []
        _engines = d.pop("engines")
        for engines_item_data in _engines:
            engines_item = EngineUsage.from_dict(engines_item_data)

            engines.append(engines_item)

        usage_body = cls(
            cost_usd=cost_usd,
            currency=currency,
            engines=engines,
        )

        usage_body.additional_properties = d
        return usage_body

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
