from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Answer")


@_attrs_define
class Answer:
    """The SDP answer; `pc_id` names the connection in later requests.

    Attributes:
        sdp (str):
        type_ (Literal['answer']):
        pc_id (str):
    """

    sdp: str
    type_: Literal["answer"]
    pc_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sdp = self.sdp

        type_ = self.type_

        pc_id = self.pc_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sdp": sdp,
                "type": type_,
                "pc_id": pc_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sdp = d.pop("sdp")

        type_ = cast(Literal["answer"], d.pop("type"))
        if type_ != "answer":
            raise ValueError(f"type must match const 'answer', got '{type_}'")

        pc_id = d.pop("pc_id")

        answer = cls(
            sdp=sdp,
            type_=type_,
            pc_id=pc_id,
        )

        answer.additional_properties = d
        return answer

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
