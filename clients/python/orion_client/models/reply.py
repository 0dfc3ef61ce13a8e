from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.tool_call_body import ToolCallBody


T = TypeVar("T", bound="Reply")


@_attrs_define
class Reply:
    """The agent's answer to a message.

    Attributes:
        turn_id (UUID): The turn of the answer; `GET .../turns` lists it.
        text (str): The words.
        tool_calls (list[ToolCallBody]): The tools that were called, in order.
    """

    turn_id: UUID
    text: str
    tool_calls: list[ToolCallBody]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        turn_id = str(self.turn_id)

        text = self.text

        tool_calls = []
        for tool_calls_item_data in self.tool_calls:
            tool_calls_item = tool_calls_item_data.to_dict()
            tool_calls.append(tool_calls_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn_id": turn_id,
                "text": text,
                "tool_calls": tool_calls,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tool_call_body import ToolCallBody  # noqa: PLC0415

        d = dict(src_dict)
        turn_id = UUID(d.pop("turn_id"))

        text = d.pop("text")

        tool_calls = []
        _tool_calls = d.pop("tool_calls")
        for tool_calls_item_data in _tool_calls:
            tool_calls_item = ToolCallBody.from_dict(tool_calls_item_data)

            tool_calls.append(tool_calls_item)

        reply = cls(
            turn_id=turn_id,
            text=text,
            tool_calls=tool_calls,
        )

        reply.additional_properties = d
        return reply

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
