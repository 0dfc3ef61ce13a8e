from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.end_reason import EndReason
from ..models.session_body_status import SessionBodyStatus

if TYPE_CHECKING:
    from ..models.session_body_metadata import SessionBodyMetadata
    from ..models.session_owner import SessionOwner
    from ..models.usage_body import UsageBody


T = TypeVar("T", bound="SessionBody")


@_attrs_define
class SessionBody:
    """A session; `live` tells whether somebody is connected.

    Attributes:
        id (UUID): Its id.
        owner (SessionOwner): Whose session it is. `name` and `email` are told of other people alone, to admins.
        agent (str): The agent that has the word now; a hand-over changes it.
        status (SessionBodyStatus): Where it stands.
        live (bool): Whether somebody is connected now.
        title (None | str): What people see as its name.
        metadata (SessionBodyMetadata): Whatever you want to keep with it.
        participants (list[str]): Who is in the call.
        created_at (datetime.datetime): When it was made.
        started_at (datetime.datetime | None): When it began; null if it has not.
        ended_at (datetime.datetime | None): When it ended; null while it has not.
        end_reason (EndReason | None): Why the session ended; null while it has not.
        usage (UsageBody): What was consumed, by engine; `cost_usd` is null as soon as that of one engine is not known.
    """

    id: UUID
    owner: SessionOwner
    agent: str
    status: SessionBodyStatus
    live: bool
    title: None | str
    metadata: SessionBodyMetadata
    participants: list[str]
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    end_reason: EndReason | None
    usage: UsageBody
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        owner = self.owner.to_dict()

        agent = self.agent

        status = self.status.value

        live = self.live

        title: None | str
        title = self.title

        metadata = self.metadata.to_dict()

        participants = self.participants

        created_at = self.created_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        end_reason: None | str
        if isinstance(self.end_reason, EndReason):
            end_reason = self.end_reason.value
        else:
            end_reason = self.end_reason

        usage = self.usage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "owner": owner,
                "agent": agent,
                "status": status,
                "live": live,
                "title": title,
                "metadata": metadata,
                "participants": participants,
                "created_at": created_at,
                "started_at": started_at,
                "ended_at": ended_at,
                "end_reason": end_reason,
                "usage": usage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.session_body_metadata import SessionBodyMetadata  # noqa: PLC0415
        from ..models.session_owner import SessionOwner  # noqa: PLC0415
        from ..models.usage_body import UsageBody  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        owner = SessionOwner.from_dict(d.pop("owner"))

        agent = d.pop("agent")

        status = SessionBodyStatus(d.pop("status"))

        live = d.pop("live")

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        metadata = SessionBodyMetadata.from_dict(d.pop("metadata"))

        participants = cast(list[str], d.pop("participants"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_end_reason(data: object) -> EndReason | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_reason_type_0 = EndReason(data)

                return end_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EndReason | None, data)

        end_reason = _parse_end_reason(d.pop("end_reason"))

        usage = UsageBody.from_dict(d.pop("usage"))

        session_body = cls(
            id=id,
            owner=owner,
            agent=agent,
            status=status,
            live=live,
            title=title,
            metadata=metadata,
            participants=participants,
            created_at=created_at,
            started_at=started_at,
            ended_at=ended_at,
            end_reason=end_reason,
            usage=usage,
        )

        session_body.additional_properties = d
        return session_body

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
