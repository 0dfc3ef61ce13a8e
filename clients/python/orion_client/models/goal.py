from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Goal")


@_attrs_define
class Goal:
    """What shall be done, in the user's words.

    Attributes:
        goal (str):
    """

    goal: str

    def to_dict(self) -> dict[str, Any]:
        goal = self.goal

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "goal": goal,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        goal = d.pop("goal")

        goal = cls(
            goal=goal,
        )

        return goal
