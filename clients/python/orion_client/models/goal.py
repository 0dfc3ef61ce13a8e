from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Goal")


@_attrs_define
class Goal:
    """What shall be done, in the user's words, and what it may take, within what the agent's plans may.

    Attributes:
        goal (str): What is to be done, in the user's words.
        max_steps (int | None | Unset): How many steps the plan may have.
        max_secs (int | None | Unset): How many seconds the plan may take from its beginning to its end.
        max_tokens (int | None | Unset): How many tokens models may read and write to make it.
    """

    goal: str
    max_steps: int | None | Unset = UNSET
    max_secs: int | None | Unset = UNSET
    max_tokens: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        goal = self.goal

        max_steps: int | None | Unset
        if isinstance(self.max_steps, Unset):
            max_steps = UNSET
        else:
            max_steps = self.max_steps

        max_secs: int | None | Unset
        if isinstance(self.max_secs, Unset):
            max_secs = UNSET
        else:
            max_secs = self.max_secs

        max_tokens: int | None | Unset
        if isinstance(self.max_tokens, Unset):
            max_tokens = UNSET
        else:
            max_tokens = self.max_tokens

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "goal": goal,
            }
        )
        if max_steps is not UNSET:
            field_dict["max_steps"] = max_steps
        if max_secs is not UNSET:
            field_dict["max_secs"] = max_secs
        if max_tokens is not UNSET:
            field_dict["max_tokens"] = max_tokens

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        goal = d.pop("goal")

        def _parse_max_steps(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_steps = _parse_max_steps(d.pop("max_steps", UNSET))

        def _parse_max_secs(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_secs = _parse_max_secs(d.pop("max_secs", UNSET))

        def _parse_max_tokens(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_tokens = _parse_max_tokens(d.pop("max_tokens", UNSET))

        goal = cls(
            goal=goal,
            max_steps=max_steps,
            max_secs=max_secs,
            max_tokens=max_tokens,
        )

        return goal
