from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Candidate")


@_attrs_define
class Candidate:
    """One ICE candidate (RFC 8839); an empty one says that there are no more.

    Attributes:
        candidate (str): The candidate as SDP writes it (RFC 8839).
        sdp_mid (None | str | Unset): The media line that the candidate is for.
        sdp_mline_index (int | None | Unset): The number of that media line, from 0.
    """

    candidate: str
    sdp_mid: None | str | Unset = UNSET
    sdp_mline_index: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        candidate = self.candidate

        sdp_mid: None | str | Unset
        if isinstance(self.sdp_mid, Unset):
            sdp_mid = UNSET
        else:
            sdp_mid = self.sdp_mid

        sdp_mline_index: int | None | Unset
        if isinstance(self.sdp_mline_index, Unset):
            sdp_mline_index = UNSET
        else:
            sdp_mline_index = self.sdp_mline_index

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "candidate": candidate,
            }
        )
        if sdp_mid is not UNSET:
            field_dict["sdp_mid"] = sdp_mid
        if sdp_mline_index is not UNSET:
            field_dict["sdp_mline_index"] = sdp_mline_index

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        candidate = d.pop("candidate")

        def _parse_sdp_mid(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sdp_mid = _parse_sdp_mid(d.pop("sdp_mid", UNSET))

        def _parse_sdp_mline_index(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sdp_mline_index = _parse_sdp_mline_index(d.pop("sdp_mline_index", UNSET))

        candidate = cls(
            candidate=candidate,
            sdp_mid=sdp_mid,
            sdp_mline_index=sdp_mline_index,
        )

        candidate.additional_properties = d
        return candidate

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
