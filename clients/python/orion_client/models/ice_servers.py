from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ice_servers_policy import IceServersPolicy

if TYPE_CHECKING:
    from ..models.ice_server import IceServer


T = TypeVar("T", bound="IceServers")


@_attrs_define
class IceServers:
    """For the browser's RTCConfiguration; `policy` is its `iceTransportPolicy`.

    Attributes:
        ice_servers (list[IceServer]): STUN and TURN servers for the browser's `RTCPeerConnection`.
        policy (IceServersPolicy): `relay` if media may go through TURN only, else `all`.
    """

    ice_servers: list[IceServer]
    policy: IceServersPolicy
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ice_servers = []
        for ice_servers_item_data in self.ice_servers:
            ice_servers_item = ice_servers_item_data.to_dict()
            ice_servers.append(ice_servers_item)

        policy = self.policy.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ice_servers": ice_servers,
                "policy": policy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ice_server import IceServer  # noqa: PLC0415

        d = dict(src_dict)
        ice_servers = []
        _ice_servers = d.pop("ice_servers")
        for ice_servers_item_data in _ice_servers:
            ice_servers_item = IceServer.from_dict(ice_servers_item_data)

            ice_servers.append(ice_servers_item)

        policy = IceServersPolicy(d.pop("policy"))

        ice_servers = cls(
            ice_servers=ice_servers,
            policy=policy,
        )

        ice_servers.additional_properties = d
        return ice_servers

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
