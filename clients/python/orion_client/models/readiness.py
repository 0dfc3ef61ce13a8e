from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.readiness_status import ReadinessStatus

if TYPE_CHECKING:
    from ..models.readiness_missing import ReadinessMissing


T = TypeVar("T", bound="Readiness")


@_attrs_define
class Readiness:
    """Whether a call could begin; `missing` says what is, and why; `calls` are live now.

    Attributes:
        status (ReadinessStatus): `ready`, or `unavailable` if something is missing.
        missing (ReadinessMissing): What is missing, in words; null or empty if nothing is.
        calls (int): How many calls are live on this node.
    """

    status: ReadinessStatus
    missing: ReadinessMissing
    calls: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        missing = self.missing.to_dict()

        calls = self.calls

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "missing": missing,
                "calls": calls,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.readiness_missing import ReadinessMissing  # noqa: PLC0415

        d = dict(src_dict)
        status = ReadinessStatus(d.pop("status"))

        missing = ReadinessMissing.from_dict(d.pop("missing"))

        calls = d.pop("calls")

        readiness = cls(
            status=status,
            missing=missing,
            calls=calls,
        )

        readiness.additional_properties = d
        return readiness

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
