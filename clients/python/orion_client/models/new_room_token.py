from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewRoomToken")


@_attrs_define
class NewRoomToken:
    """For whom a room token is: `identity` is what the participants see.

    Attributes:
        identity (str | Unset): What the participants see of the guest. Default: 'guest'.
        ttl_secs (int | Unset): How many seconds the token can be used to join. Default: 300.
    """

    identity: str | Unset = "guest"
    ttl_secs: int | Unset = 300

    def to_dict(self) -> dict[str, Any]:
        identity = self.identity

        ttl_secs = self.ttl_secs

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if identity is not UNSET:
            field_dict["identity"] = identity
        if ttl_secs is not UNSET:
            field_dict["ttl_secs"] = ttl_secs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        identity = d.pop("identity", UNSET)

        ttl_secs = d.pop("ttl_secs", UNSET)

        new_room_token = cls(
            identity=identity,
            ttl_secs=ttl_secs,
        )

        return new_room_token
