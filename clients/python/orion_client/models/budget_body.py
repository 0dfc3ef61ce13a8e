from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BudgetBody")


@_attrs_define
class BudgetBody:
    """The budget of the workspace, and what it spent in the month that began on `month`.

    Attributes:
        monthly_usd (float | None): What the workspace may spend in a month in US dollars; null for no limit.
        spent_usd (float): What was spent in this month, in US dollars.
        month (datetime.date): The first day of the month that the figures are about.
        currency (Literal['USD']): The currency of all amounts.
    """

    monthly_usd: float | None
    spent_usd: float
    month: datetime.date
    currency: Literal["USD"]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        monthly_usd: float | None
        monthly_usd = self.monthly_usd

        spent_usd = self.spent_usd

        month = self.month.isoformat()

        currency = self.currency

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "monthly_usd": monthly_usd,
                "spent_usd": spent_usd,
                "month": month,
                "currency": currency,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_monthly_usd(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        monthly_usd = _parse_monthly_usd(d.pop("monthly_usd"))

        spent_usd = d.pop("spent_usd")

        month = datetime.date.fromisoformat(d.pop("month"))

        currency = cast(Literal["USD"], d.pop("currency"))
        if currency != "USD":
            raise ValueError(f"currency must match const 'USD', got '{currency}'")

        budget_body = cls(
            monthly_usd=monthly_usd,
            spent_usd=spent_usd,
            month=month,
            currency=currency,
        )

        budget_body.additional_properties = d
        return budget_body

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
