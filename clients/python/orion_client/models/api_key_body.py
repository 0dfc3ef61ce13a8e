from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.scope import Scope

T = TypeVar("T", bound="ApiKeyBody")


@_attrs_define
class ApiKeyBody:
    """A key as it is listed; nobody sees its secret again.

    Attributes:
        id (UUID): Its id.
        user_id (UUID): The user.
        name (str): Its name.
        prefix (str): How the key begins; lists and logs may show it.
        scopes (list[Scope]): What the key may be used for.
        agents (list[str] | None): The agents that `POST /connect` may begin with; null for all.
        origins (list[str] | None): The origins of pages that may connect; null for all, and for programs.
        max_sessions (int | None): How many sessions begun by this key may be live at once; null for any number.
        created_at (datetime.datetime): When it was made.
        expires_at (datetime.datetime | None): Until when it is good.
        last_used_at (datetime.datetime | None): When the key was last used, to within a minute or so; null if never.
    """

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    agents: list[str] | None
    origins: list[str] | None
    max_sessions: int | None
    created_at: datetime.datetime
    expires_at: datetime.datetime | None
    last_used_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        user_id = str(self.user_id)

        name = self.name

        prefix = self.prefix

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item = scopes_item_data.value
            scopes.append(scopes_item)

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

        created_at = self.created_at.isoformat()

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        last_used_at: None | str
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
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

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = Scope(scopes_item_data)

            scopes.append(scopes_item)

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

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

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
