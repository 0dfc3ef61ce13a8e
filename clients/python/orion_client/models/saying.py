from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Saying")


@_attrs_define
class Saying:
    """What the agent shall say; with `interrupt` at once, else after what it is saying.

    Attributes:
        text (str): The words.
        interrupt (bool | Unset): Whether it is said at once, and not after what the agent is saying. Default: False.
    """

    text: str
    interrupt: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        interrupt = self.interrupt

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
            }
        )
        if interrupt is not UNSET:
            field_dict["interrupt"] = interrupt

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        text = d.pop("text")

        interrupt = d.pop("interrupt", UNSET)

        saying = cls(
            text=text,
            interrupt=interrupt,
        )

        return saying
