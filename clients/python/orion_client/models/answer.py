from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Answer")


@_attrs_define
class Answer:
    """The SDP answer; `pc_id` names the connection in later requests.

    A guest's answer has a `resume_token`: the room token for the offer after a reload.

        Attributes:
            sdp (str): The session description (RFC 8866).
            type_ (Literal['answer']): Always `answer`.
            pc_id (str): The id of the WebRTC connection.
            resume_token (None | str | Unset): With it a guest comes back after a reload; null for the owner.
    """

    sdp: str
    type_: Literal["answer"]
    pc_id: str
    resume_token: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sdp = self.sdp

        type_ = self.type_

        pc_id = self.pc_id

        resume_token: None | str | Unset
        if isinstance(self.resume_token, Unset):
            resume_token = UNSET
        else:
            resume_token = self.resume_token

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sdp": sdp,
                "type": type_,
                "pc_id": pc_id,
            }
        )
        if resume_token is not UNSET:
            field_dict["resume_token"] = resume_token

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sdp = d.pop("sdp")

        type_ = cast(Literal["answer"], d.pop("type"))
        if type_ != "answer":
            raise ValueError(f"type must match const 'answer', got '{type_}'")

        pc_id = d.pop("pc_id")

        def _parse_resume_token(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        resume_token = _parse_resume_token(d.pop("resume_token", UNSET))

        answer = cls(
            sdp=sdp,
            type_=type_,
            pc_id=pc_id,
            resume_token=resume_token,
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
