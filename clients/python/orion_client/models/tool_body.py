from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.risk import Risk
from ..models.tool_kind import ToolKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.refused_tool import RefusedTool
    from ..models.tool_body_config import ToolBodyConfig
    from ..models.tool_body_parameters import ToolBodyParameters


T = TypeVar("T", bound="ToolBody")


@_attrs_define
class ToolBody:
    """A tool; of those of files the id is the name, and nothing can be changed.

    Attributes:
        id (str): Its id; of a tool of the server's files its name.
        name (str): What models call the tool.
        description (str): What it does, in a sentence; models read it.
        examples (list[str]): What people may say to use it; `{name}` stands for an argument.
        parameters (ToolBodyParameters): The arguments as a JSON Schema of an object.
        kind (ToolKind): What runs when a tool is called.
        config (ToolBodyConfig): How the tool is reached: of `http` `{method, url, headers, select}`, of `mcp`
            `{transport, url or command, allow}`.
        say (str): How the result is spoken; `{member}` is filled from it.
        risk (Risk): How much harm a wrong call can do.
        timeout_secs (float): After how many seconds a call is given up.
        enabled (bool): Whether it is in use.
        tools (list[str]): What models call it; of an MCP server one name for each of its tools.
        created_at (datetime.datetime | None): When it was made.
        updated_at (datetime.datetime | None): When it was last changed.
        refused (list[RefusedTool] | Unset): Tools of the MCP server that cannot be used, and why.
    """

    id: str
    name: str
    description: str
    examples: list[str]
    parameters: ToolBodyParameters
    kind: ToolKind
    config: ToolBodyConfig
    say: str
    risk: Risk
    timeout_secs: float
    enabled: bool
    tools: list[str]
    created_at: datetime.datetime | None
    updated_at: datetime.datetime | None
    refused: list[RefusedTool] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        examples = self.examples

        parameters = self.parameters.to_dict()

        kind = self.kind.value

        config = self.config.to_dict()

        say = self.say

        risk = self.risk.value

        timeout_secs = self.timeout_secs

        enabled = self.enabled

        tools = self.tools

        created_at: None | str
        if isinstance(self.created_at, datetime.datetime):
            created_at = self.created_at.isoformat()
        else:
            created_at = self.created_at

        updated_at: None | str
        if isinstance(self.updated_at, datetime.datetime):
            updated_at = self.updated_at.isoformat()
        else:
            updated_at = self.updated_at

        refused: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.refused, Unset):
            refused = []
            for refused_item_data in self.refused:
                refused_item = refused_item_data.to_dict()
                refused.append(refused_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "examples": examples,
                "parameters": parameters,
                "kind": kind,
                "config": config,
                "say": say,
                "risk": risk,
                "timeout_secs": timeout_secs,
                "enabled": enabled,
                "tools": tools,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )
        if refused is not UNSET:
            field_dict["refused"] = refused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.refused_tool import RefusedTool  # noqa: PLC0415
        from ..models.tool_body_config import ToolBodyConfig  # noqa: PLC0415
        from ..models.tool_body_parameters import ToolBodyParameters  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        examples = cast(list[str], d.pop("examples"))

        parameters = ToolBodyParameters.from_dict(d.pop("parameters"))

        kind = ToolKind(d.pop("kind"))

        config = ToolBodyConfig.from_dict(d.pop("config"))

        say = d.pop("say")

        risk = Risk(d.pop("risk"))

        timeout_secs = d.pop("timeout_secs")

        enabled = d.pop("enabled")

        tools = cast(list[str], d.pop("tools"))

        def _parse_created_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_at_type_0 = datetime.datetime.fromisoformat(data)

                return created_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        created_at = _parse_created_at(d.pop("created_at"))

        def _parse_updated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                updated_at_type_0 = datetime.datetime.fromisoformat(data)

                return updated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        updated_at = _parse_updated_at(d.pop("updated_at"))

        _refused = d.pop("refused", UNSET)
        refused: list[RefusedTool] | Unset = UNSET
        if _refused is not UNSET:
            refused = []
            for refused_item_data in _refused:
                refused_item = RefusedTool.from_dict(refused_item_data)

                refused.append(refused_item)

        tool_body = cls(
            id=id,
            name=name,
            description=description,
            examples=examples,
            parameters=parameters,
            kind=kind,
            config=config,
            say=say,
            risk=risk,
            timeout_secs=timeout_secs,
            enabled=enabled,
            tools=tools,
            created_at=created_at,
            updated_at=updated_at,
            refused=refused,
        )

        tool_body.additional_properties = d
        return tool_body

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
