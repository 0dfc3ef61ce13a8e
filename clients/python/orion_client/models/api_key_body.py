from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ApiKeyBody")


@_attrs_define
class ApiKeyBody:
    """A key as it is listed; nobody sees its secret again.

    Attributes:
        id (UUID):
        user_id (UUID):
        name (str):
        prefix (str):
        scopes (list[str]):
        agents (list[str] | None):
        origins (list[str] | None):
        max_sessions (int | None):
        created_at (str):
        expires_at (None | str):
        last_used_at (None | str):
    """

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    agents: list[str] | None
    origins: list[str] | None
    max_sessions: int | None
    created_at: str
    expires_at: None | str
    last_used_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        user_id = str(self.user_id)

        name = self.name

        prefix = self.prefix

        scopes = self.scopes

        agents: list[str] | None
        if isinstance(self.agents, list):
            agents = self.agents

        else:
            agents = self.agents

        origins: list[str] | None
        if isinstance(self.origins, list):
            origins = self.origins

        else:
            origins = self.origins

        max_sessions: int | None
        max_sessions = self.max_sessions

        created_at = self.created_at

        expires_at: None | str
        expires_at = self.expires_at

        last_used_at: None | str
        last_used_at = self.last_used_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "user_id": user_id,
                "name": name,
                "prefix": prefix,
                "scopes": scopes,
                "agents": agents,
                "origins": origins,
                "max_sessions": max_sessions,
                "created_at": created_at,
                "expires_at": expires_at,
                "last_used_at": last_used_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        user_id = UUID(d.pop("user_id"))

        name = d.pop("name")

        prefix = d.pop("prefix")

        scopes = cast(list[str], d.pop("scopes"))

        def _parse_agents(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                agents_type_0 = cast(list[str], data)

                return agents_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        agents = _parse_agents(d.pop("agents"))

        def _parse_origins(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                origins_type_0 = cast(list[str], data)

                return origins_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        origins = _parse_origins(d.pop("origins"))

        def _parse_max_sessions(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_sessions = _parse_max_sessions(d.pop("max_sessions"))

        created_at = d.pop("created_at")

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_last_used_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        api_key_body = cls(
            id=id,
            user_id=user_id,
            name=name,
            prefix=prefix,
            scopes=scopes,
            agents=agents,
            origins=origins,
            max_sessions=max_sessions,
            created_at=created_at,
            expires_at=expires_at,
            last_used_at=last_used_at,
        )

        api_key_body.additional_properties = d
        return api_key_body

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
