from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ApprovalBody")


@_attrs_define
class ApprovalBody:
    """What the user is or was asked about a step: whether it may run with these arguments, once.

    `approved` is null until the answer. A question that expires is a no, by nobody.

        Attributes:
            digest (None | str): Names this tool with these arguments: an answer repeats it.
            approved (bool | None): The answer; null until there is one.
            decided_by (None | UUID): The user who answered; null if nobody did.
            decided_at (datetime.datetime | None): When it was answered; null until then.
            expires_at (datetime.datetime): Until when it is good.
    """

    digest: None | str
    approved: bool | None
    decided_by: None | UUID
    decided_at: datetime.datetime | None
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        digest: None | str
        digest = self.digest

        approved: bool | None
        approved = self.approved

        decided_by: None | str
        if isinstance(self.decided_by, UUID):
            decided_by = str(self.decided_by)
        else:
            decided_by = self.decided_by

        decided_at: None | str
        if isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "digest": digest,
                "approved": approved,
                "decided_by": decided_by,
                "decided_at": decided_at,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_digest(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        digest = _parse_digest(d.pop("digest"))

        def _parse_approved(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        approved = _parse_approved(d.pop("approved"))

        def _parse_decided_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_by_type_0 = UUID(data)

                return decided_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        decided_by = _parse_decided_by(d.pop("decided_by"))

        def _parse_decided_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        approval_body = cls(
            digest=digest,
            approved=approved,
            decided_by=decided_by,
            decided_at=decided_at,
            expires_at=expires_at,
        )

        approval_body.additional_properties = d
        return approval_body

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
