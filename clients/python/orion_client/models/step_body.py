from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_status import StepStatus

if TYPE_CHECKING:
    from ..models.approval_body import ApprovalBody
    from ..models.step_body_arguments import StepBodyArguments


T = TypeVar("T", bound="StepBody")


@_attrs_define
class StepBody:
    """One tool call of a plan; once its references are known, `arguments` are those that the tool gets.

    `unknown`: it was interrupted, and nobody knows whether it has happened; a yes repeats it.

        Attributes:
            index (int): The place of the step in the plan, from 0.
            tool (str): The name of the tool.
            arguments (StepBodyArguments): The arguments of the call, by name.
            description (str): What the step does, in words.
            after (list[int]): Indexes of the steps that must be done before this one.
            status (StepStatus): Where a step stands.
            attempts (int): How often it was tried.
            result (Any): What came of it; null if nothing did.
            error (None | str): Why it failed, in words; null if it did not.
            approval (ApprovalBody | None): The question about this step; null if none was asked.
            started_at (datetime.datetime | None): When it began; null if it has not.
            ended_at (datetime.datetime | None): When it ended; null while it has not.
    """

    index: int
    tool: str
    arguments: StepBodyArguments
    description: str
    after: list[int]
    status: StepStatus
    attempts: int
    result: Any
    error: None | str
    approval: ApprovalBody | None
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.approval_body import ApprovalBody  # noqa: PLC0415

        index = self.index

        tool = self.tool

        arguments = self.arguments.to_dict()

        description = self.description

        after = self.after

        status = self.status.value

        attempts = self.attempts

        result = self.result

        error: None | str
        error = self.error

        approval: dict[str, Any] | None
        if isinstance(self.approval, ApprovalBody):
            approval = self.approval.to_dict()
        else:
            approval = self.approval

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
                "index": index,
                "tool": tool,
                "arguments": arguments,
                "description": description,
                "after": after,
                "status": status,
                "attempts": attempts,
                "result": result,
                "error": error,
                "approval": approval,
                "started_at": started_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_body import ApprovalBody  # noqa: PLC0415
        from ..models.step_body_arguments import StepBodyArguments  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        tool = d.pop("tool")

        arguments = StepBodyArguments.from_dict(d.pop("arguments"))

        description = d.pop("description")

        after = cast(list[int], d.pop("after"))

        status = StepStatus(d.pop("status"))

        attempts = d.pop("attempts")

        result = d.pop("result")

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_approval(data: object) -> ApprovalBody | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                approval_type_0 = ApprovalBody.from_dict(data)

                return approval_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalBody | None, data)

        approval = _parse_approval(d.pop("approval"))

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

        step_body = cls(
            index=index,
            tool=tool,
            arguments=arguments,
            description=description,
            after=after,
            status=status,
            attempts=attempts,
            result=result,
            error=error,
            approval=approval,
            started_at=started_at,
            ended_at=ended_at,
        )

        step_body.additional_properties = d
        return step_body

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
