from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="StepAnswer")


@_attrs_define
class StepAnswer:
    """Which question about a step is answered: a step that was interrupted is asked about anew.

    `digest` is that of the step's `approval`. It may be left out only where the step was never begun.

        Attributes:
            digest (None | str | Unset): Names this tool with these arguments: an answer repeats it.
    """

    digest: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        digest: None | str | Unset
        if isinstance(self.digest, Unset):
            digest = UNSET
        else:
            digest = self.digest

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if digest is not UNSET:
            field_dict["digest"] = digest

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_digest(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        digest = _parse_digest(d.pop("digest", UNSET))

        step_answer = cls(
            digest=digest,
        )

        return step_answer
