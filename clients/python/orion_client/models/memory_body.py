from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.memory_type import MemoryType

if TYPE_CHECKING:
    from ..models.memory_body_metadata import MemoryBodyMetadata


T = TypeVar("T", bound="MemoryBody")


@_attrs_define
class MemoryBody:
    """A memory; `session_id` is where it came up, null once that session is deleted.

    Attributes:
        id (UUID): Its id.
        session_id (None | UUID): The session that it belongs to.
        type_ (MemoryType): What sort of thing is remembered.
        content (str): What is remembered, in words.
        metadata (MemoryBodyMetadata): Whatever you want to keep with it.
        created_at (datetime.datetime): When it was made.
    """

    id: UUID
    session_id: None | UUID
    type_: MemoryType
    content: str
    metadata: MemoryBodyMetadata
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        session_id: None | str
        if isinstance(self.session_id, UUID):
            session_id = str(self.session_id)
        else:
            session_id = self.session_id

        type_ = self.type_.value

        content = self.content

        metadata = self.metadata.to_dict()

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "session_id": session_id,
                "type": type_,
                "content": content,
                "metadata": metadata,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.memory_body_metadata import MemoryBodyMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        def _parse_session_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                session_id_type_0 = UUID(data)

                return session_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        session_id = _parse_session_id(d.pop("session_id"))

        type_ = MemoryType(d.pop("type"))

        content = d.pop("content")

        metadata = MemoryBodyMetadata.from_dict(d.pop("metadata"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        memory_body = cls(
            id=id,
            session_id=session_id,
            type_=type_,
            content=content,
            metadata=metadata,
            created_at=created_at,
        )

        memory_body.additional_properties = d
        return memory_body

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
