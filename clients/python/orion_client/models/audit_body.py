from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.audit_action import AuditAction

T = TypeVar("T", bound="AuditBody")


@_attrs_define
class AuditBody:
    """An admin did something with a session of somebody else, or asked for it; both may be gone by now.

    Attributes:
        id (UUID): Its id.
        admin_id (UUID): The admin.
        owner_id (UUID): The user whose session it is.
        session_id (UUID): The session that it belongs to.
        action (AuditAction): What was done, or asked for: a change that the state of the session did not allow is here,
            too.
        created_at (datetime.datetime): When it was made.
    """

    id: UUID
    admin_id: UUID
    owner_id: UUID
    session_id: UUID
    action: AuditAction
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        admin_id = str(self.admin_id)

        owner_id = str(self.owner_id)

        session_id = str(self.session_id)

        action = self.action.value

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "admin_id": admin_id,
                "owner_id": owner_id,
                "session_id": session_id,
                "action": action,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        admin_id = UUID(d.pop("admin_id"))

        owner_id = UUID(d.pop("owner_id"))

        session_id = UUID(d.pop("session_id"))

        action = AuditAction(d.pop("action"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        audit_body = cls(
            id=id,
            admin_id=admin_id,
            owner_id=owner_id,
            session_id=session_id,
            action=action,
            created_at=created_at,
        )

        audit_body.additional_properties = d
        return audit_body

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
