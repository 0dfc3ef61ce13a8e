from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="SessionChange")


@_attrs_define
class SessionChange:
    """What shall change; null takes the title away.

    Attributes:
        title (None | str): What people see as its name.
    """

    title: None | str

    def to_dict(self) -> dict[str, Any]:
        title: None | str
        title = self.title

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "title": title,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        session_change = cls(
            title=title,
        )

        return session_change
