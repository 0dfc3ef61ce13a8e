from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Decision")


@_attrs_define
class Decision:
    """Yes or no to the call of that digest, and to no other.

    Attributes:
        approve (bool): True to run the call, false to reject it.
        digest (str): Names this tool with these arguments: an answer repeats it.
    """

    approve: bool
    digest: str

    def to_dict(self) -> dict[str, Any]:
        approve = self.approve

        digest = self.digest

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "approve": approve,
                "digest": digest,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        approve = d.pop("approve")

        digest = d.pop("digest")

        decision = cls(
            approve=approve,
            digest=digest,
        )

        return decision
