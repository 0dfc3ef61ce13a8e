from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_status import PlanStatus

if TYPE_CHECKING:
    from ..models.plan_budget_body import PlanBudgetBody
    from ..models.step_body import StepBody


T = TypeVar("T", bound="PlanBody")


@_attrs_define
class PlanBody:
    """A plan: a goal as steps.

    Attributes:
        id (UUID): Its id.
        goal (str): What is to be done, in the user's words.
        status (PlanStatus): `draft` -> `running` <-> `waiting_approval` -> `done`, `failed` or `cancelled`.
        error (None | str): Why it failed, in words; null if it did not.
        budget (PlanBudgetBody): What a plan may take: steps, seconds from beginning to end, and tokens of the models
            that make it.
        tokens (int): Tokens that models read and write to make it.
        steps (list[StepBody]): The steps, in order.
        created_at (datetime.datetime): When it was made.
        started_at (datetime.datetime | None): When it began; null if it has not.
        ended_at (datetime.datetime | None): When it ended; null while it has not.
    """

    id: UUID
    goal: str
    status: PlanStatus
    error: None | str
    budget: PlanBudgetBody
    tokens: int
    steps: list[StepBody]
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        goal = self.goal

        status = self.status.value

        error: None | str
        error = self.error

        budget = self.budget.to_dict()

        tokens = self.tokens

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        created_at = self.created_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "goal": goal,
                "status": status,
                "error": error,
                "budget": budget,
                "tokens": tokens,
                "steps": steps,
                "created_at": created_at,
                "started_at": started_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plan_budget_body import PlanBudgetBody  # noqa: PLC0415
        from ..models.step_body import StepBody  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        goal = d.pop("goal")

        status = PlanStatus(d.pop("status"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        budget = PlanBudgetBody.from_dict(d.pop("budget"))

        tokens = d.pop("tokens")

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepBody.from_dict(steps_item_data)

            steps.append(steps_item)

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        plan_body = cls(
            id=id,
            goal=goal,
            status=status,
            error=error,
            budget=budget,
            tokens=tokens,
            steps=steps,
            created_at=created_at,
            started_at=started_at,
            ended_at=ended_at,
        )

        plan_body.additional_properties = d
        return plan_body

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
