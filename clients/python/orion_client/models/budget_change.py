from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="BudgetChange")


@_attrs_define
class BudgetChange:
    """What the workspace may spend in each calendar month (UTC); null for no limit.

    Attributes:
        monthly_usd (float | None): What the workspace may spend in a month in US dollars; null for no limit.
    """

    monthly_usd: float | None

    def to_dict(self) -> dict[str, Any]:
        monthly_usd: float | None
        monthly_usd = self.monthly_usd

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "monthly_usd": monthly_usd,
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

        budget_change = cls(
            monthly_usd=monthly_usd,
        )

        return budget_change
