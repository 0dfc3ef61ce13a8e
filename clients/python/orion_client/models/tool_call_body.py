from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tool_call_status import ToolCallStatus

if TYPE_CHECKING:
    from ..models.tool_call_body_arguments import ToolCallBodyArguments


T = TypeVar("T", bound="ToolCallBody")


@_attrs_define
class ToolCallBody:
    """A tool call and what came of it; `duration_ms` in milliseconds.

    Attributes:
        id (str): The id of the call.
        tool (str): The name of the tool.
        arguments (ToolCallBodyArguments): The arguments of the call, by name.
        status (ToolCallStatus): Where a tool call stands.
        result (Any): What came of it; null if nothing did.
        error (None | str): Why it failed, in words; null if it did not.
        duration_ms (float | None): How long it took, in milliseconds; null if it did not end.
        started_at (datetime.datetime | None): When it began; null if it has not.
    """

    id: str
    tool: str
    arguments: ToolCallBodyArguments
    status: ToolCallStatus
    result: Any
    error: None | str
    duration_ms: float | None
    started_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        tool = self.tool

        arguments = self.arguments.to_dict()

        status = self.status.value

        result = self.result

        error: None | str
        error = self.error

        duration_ms: float | None
        duration_ms = self.duration_ms

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "tool": tool,
                "arguments": arguments,
                "status": status,
                "result": result,
                "error": error,
                "duration_ms": duration_ms,
                "started_at": started_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tool_call_body_arguments import ToolCallBodyArguments  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        tool = d.pop("tool")

        arguments = ToolCallBodyArguments.from_dict(d.pop("arguments"))

        status = ToolCallStatus(d.pop("status"))

        result = d.pop("result")

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_duration_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms"))

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

        tool_call_body = cls(
            id=id,
            tool=tool,
            arguments=arguments,
            status=status,
            result=result,
            error=error,
            duration_ms=duration_ms,
            started_at=started_at,
        )

        tool_call_body.additional_properties = d
        return tool_call_body

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
