from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlanBudgetBody")


@_attrs_define
class PlanBudgetBody:
    """What a plan may take: steps, seconds from beginning to end, and tokens of the models that make it.

    Attributes:
        steps (int): How many steps there may be.
        secs (float): Seconds from its beginning to its end.
        tokens (int): Tokens that models read and write to make it.
    """

    steps: int
    secs: float
    tokens: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        steps = self.steps

        secs = self.secs

        tokens = self.tokens

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "steps": steps,
                "secs": secs,
                "tokens": tokens,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        steps = d.pop("steps")

        secs = d.pop("secs")

        tokens = d.pop("tokens")

        plan_budget_body = cls(
            steps=steps,
            secs=secs,
            tokens=tokens,
        )

        plan_budget_body.additional_properties = d
        return plan_budget_body

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
