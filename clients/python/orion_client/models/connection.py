from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.ice_server import IceServer


T = TypeVar("T", bound="Connection")


@_attrs_define
class Connection:
    """How to join: send the offer to `offer_url` with `token` as the bearer.

    Attributes:
        session_id (UUID): The session that it belongs to.
        token (str): The token; it is good once.
        offer_url (str): Where to send the WebRTC offer.
        ice_servers (list[IceServer]): STUN and TURN servers for the browser's `RTCPeerConnection`.
        expires_at (datetime.datetime): Until when it is good.
    """

    session_id: UUID
    token: str
    offer_url: str
    ice_servers: list[IceServer]
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_id = str(self.session_id)

        token = self.token

        offer_url = self.offer_url

        ice_servers = []
        for ice_servers_item_data in self.ice_servers:
            ice_servers_item = ice_servers_item_data.to_dict()
            ice_servers.append(ice_servers_item)

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "session_id": session_id,
                "token": token,
                "offer_url": offer_url,
                "ice_servers": ice_servers,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ice_server import IceServer  # noqa: PLC0415

        d = dict(src_dict)
        session_id = UUID(d.pop("session_id"))

        token = d.pop("token")

        offer_url = d.pop("offer_url")

        ice_servers = []
        _ice_servers = d.pop("ice_servers")
        for ice_servers_item_data in _ice_servers:
            ice_servers_item = IceServer.from_dict(ice_servers_item_data)

            ice_servers.append(ice_servers_item)

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        connection = cls(
            session_id=session_id,
            token=token,
            offer_url=offer_url,
            ice_servers=ice_servers,
            expires_at=expires_at,
        )

        connection.additional_properties = d
        return connection

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
