from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.memory_type import MemoryType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_memory_metadata import NewMemoryMetadata


T = TypeVar("T", bound="NewMemory")


@_attrs_define
class NewMemory:
    """Something to keep about the session's user.

    Attributes:
        type_ (MemoryType): What sort of thing is remembered.
        content (str): What is remembered, in words.
        metadata (NewMemoryMetadata | Unset): Whatever you want to keep with it.
    """

    type_: MemoryType
    content: str
    metadata: NewMemoryMetadata | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        content = self.content

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "content": content,
            }
        )
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_memory_metadata import NewMemoryMetadata  # noqa: PLC0415

        d = dict(src_dict)
        type_ = MemoryType(d.pop("type"))

        content = d.pop("content")

        _metadata = d.pop("metadata", UNSET)
        metadata: NewMemoryMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = NewMemoryMetadata.from_dict(_metadata)

        new_memory = cls(
            type_=type_,
            content=content,
            metadata=metadata,
        )

        return new_memory
