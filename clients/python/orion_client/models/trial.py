from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.trial_arguments import TrialArguments


T = TypeVar("T", bound="Trial")


@_attrs_define
class Trial:
    """A call outside any conversation; `tool` is one of an MCP server's, without it they are listed anew.

    Attributes:
        arguments (TrialArguments | Unset): The arguments of the call, by name.
        tool (None | str | Unset): A tool of an MCP server; without it, the server is asked anew what it offers.
    """

    arguments: TrialArguments | Unset = UNSET
    tool: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        arguments: dict[str, Any] | Unset = UNSET
        if not isinstance(self.arguments, Unset):
            arguments = self.arguments.to_dict()

        tool: None | str | Unset
        if isinstance(self.tool, Unset):
            tool = UNSET
        else:
            tool = self.tool

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if arguments is not UNSET:
            field_dict["arguments"] = arguments
        if tool is not UNSET:
            field_dict["tool"] = tool

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trial_arguments import TrialArguments  # noqa: PLC0415

        d = dict(src_dict)
        _arguments = d.pop("arguments", UNSET)
        arguments: TrialArguments | Unset
        if isinstance(_arguments, Unset):
            arguments = UNSET
        else:
            arguments = TrialArguments.from_dict(_arguments)

        def _parse_tool(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tool = _parse_tool(d.pop("tool", UNSET))

        trial = cls(
            arguments=arguments,
            tool=tool,
        )

        return trial
