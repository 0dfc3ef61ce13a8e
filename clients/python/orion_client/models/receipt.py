from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.receipt_rows import ReceiptRows


T = TypeVar("T", bound="Receipt")


@_attrs_define
class Receipt:
    """What was erased: how many rows of each table. Backups made before still hold them.

    Attributes:
        id (UUID): Its id.
        user_id (UUID): The user.
        erased_by (UUID): The user who asked for it.
        erased_at (datetime.datetime): When the person was erased.
        rows (ReceiptRows): How many rows of each table were removed.
    """

    id: UUID
    user_id: UUID
    erased_by: UUID
    erased_at: datetime.datetime
    rows: ReceiptRows
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        user_id = str(self.user_id)

        erased_by = str(self.erased_by)

        erased_at = self.erased_at.isoformat()

        rows = self.rows.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "user_id": user_id,
                "erased_by": erased_by,
                "erased_at": erased_at,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.receipt_rows import ReceiptRows  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        user_id = UUID(d.pop("user_id"))

        erased_by = UUID(d.pop("erased_by"))

        erased_at = datetime.datetime.fromisoformat(d.pop("erased_at"))

        rows = ReceiptRows.from_dict(d.pop("rows"))

        receipt = cls(
            id=id,
            user_id=user_id,
            erased_by=erased_by,
            erased_at=erased_at,
            rows=rows,
        )

        receipt.additional_properties = d
        return receipt

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
