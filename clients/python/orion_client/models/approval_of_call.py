from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_of_call_by_type_0 import ApprovalOfCallByType0
from ..models.approval_state import ApprovalState

if TYPE_CHECKING:
    from ..models.approval_of_call_arguments import ApprovalOfCallArguments


T = TypeVar("T", bound="ApprovalOfCall")


@_attrs_define
class ApprovalOfCall:
    """A tool call that waits, or waited, for a yes to just these arguments.

    `by`: how it was answered: `voice`, `text`, `key`, `rest`, or by `time`, which is a no.

        Attributes:
            call_id (str): The id of the call; the answer's path names it.
            tool (str): The name of the tool.
            arguments (ApprovalOfCallArguments): The arguments of the call, by name.
            digest (str): Names this tool with these arguments: an answer repeats it.
            question (str): What the user is asked, in the server's own words.
            state (ApprovalState): `waiting` -> `approved`, `rejected` or `expired`, once and for good.
            by (ApprovalOfCallByType0 | None): How it was answered: by `voice`, `text`, `key`, `rest`, or by `time`, which
                is a no.
            asked_at (datetime.datetime): When the question was asked.
            expires_at (datetime.datetime): Until when it is good.
            decided_at (datetime.datetime | None): When it was answered; null until then.
    """

    call_id: str
    tool: str
    arguments: ApprovalOfCallArguments
    digest: str
    question: str
    state: ApprovalState
    by: ApprovalOfCallByType0 | None
    asked_at: datetime.datetime
    expires_at: datetime.datetime
    decided_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        call_id = self.call_id

        tool = self.tool

        arguments = self.arguments.to_dict()

        digest = self.digest

        question = self.question

        state = self.state.value

        by: None | str
        if isinstance(self.by, ApprovalOfCallByType0):
            by = self.by.value
        else:
            by = self.by

        asked_at = self.asked_at.isoformat()

        expires_at = self.expires_at.isoformat()

        decided_at: None | str
        if isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "call_id": call_id,
                "tool": tool,
                "arguments": arguments,
                "digest": digest,
                "question": question,
                "state": state,
                "by": by,
                "asked_at": asked_at,
                "expires_at": expires_at,
                "decided_at": decided_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_of_call_arguments import ApprovalOfCallArguments  # noqa: PLC0415

        d = dict(src_dict)
        call_id = d.pop("call_id")

        tool = d.pop("tool")

        arguments = ApprovalOfCallArguments.from_dict(d.pop("arguments"))

        digest = d.pop("digest")

        question = d.pop("question")

        state = ApprovalState(d.pop("state"))

        def _parse_by(data: object) -> ApprovalOfCallByType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                by_type_0 = ApprovalOfCallByType0(data)

                return by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalOfCallByType0 | None, data)

        by = _parse_by(d.pop("by"))

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        def _parse_decided_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        approval_of_call = cls(
            call_id=call_id,
            tool=tool,
            arguments=arguments,
            digest=digest,
            question=question,
            state=state,
            by=by,
            asked_at=asked_at,
            expires_at=expires_at,
            decided_at=decided_at,
        )

        approval_of_call.additional_properties = d
        return approval_of_call

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
