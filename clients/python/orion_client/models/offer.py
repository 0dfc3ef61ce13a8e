from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Offer")


@_attrs_define
class Offer:
    """An SDP offer (RFC 8829); the field names of Pipecat's clients are accepted too.

    Attributes:
        sdp (str): The session description (RFC 8866).
        type_ (Literal['offer']): Always `offer`.
        pc_id (None | str | Unset): The id of the WebRTC connection.
        restart_pc (bool | Unset): Whether the client asks for a new connection in place of the old one. Default: False.
        request_data (Any | Unset): Anything; the client's library sends it along.
    """

    sdp: str
    type_: Literal["offer"]
    pc_id: None | str | Unset = UNSET
    restart_pc: bool | Unset = False
    request_data: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sdp = self.sdp

        type_ = self.type_

        pc_id: None | str | Unset
        if isinstance(self.pc_id, Unset):
            pc_id = UNSET
        else:
            pc_id = self.pc_id

        restart_pc = self.restart_pc

        request_data = self.request_data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sdp": sdp,
                "type": type_,
            }
        )
        if pc_id is not UNSET:
            field_dict["pc_id"] = pc_id
        if restart_pc is not UNSET:
            field_dict["restart_pc"] = restart_pc
        if request_data is not UNSET:
            field_dict["request_data"] = request_data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sdp = d.pop("sdp")

        type_ = cast(Literal["offer"], d.pop("type"))
        if type_ != "offer":
            raise ValueError(f"type must match const 'offer', got '{type_}'")

        def _parse_pc_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        pc_id = _parse_pc_id(d.pop("pc_id", UNSET))

        restart_pc = d.pop("restart_pc", UNSET)

        request_data = d.pop("request_data", UNSET)

        offer = cls(
            sdp=sdp,
            type_=type_,
            pc_id=pc_id,
            restart_pc=restart_pc,
            request_data=request_data,
        )

        offer.additional_properties = d
        return offer

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
