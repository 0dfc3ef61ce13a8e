from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.risk import Risk
from ..models.tool_change_kind import ToolChangeKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tool_change_config import ToolChangeConfig
    from ..models.tool_change_parameters import ToolChangeParameters


T = TypeVar("T", bound="ToolChange")


@_attrs_define
class ToolChange:
    """What of a tool shall change: fields that are there, `config` as a whole.

    Attributes:
        name (str | Unset): Its name. Default: ''.
        description (str | Unset): What it does, in a sentence; models read it. Default: ''.
        examples (list[str] | Unset): What people may say to use it; `{name}` stands for an argument.
        parameters (ToolChangeParameters | Unset): The arguments as a JSON Schema of an object.
        kind (ToolChangeKind | Unset): What kind it is. Default: ToolChangeKind.HTTP.
        config (ToolChangeConfig | Unset): How the tool is reached: of `http` `{method, url, headers, select}`, of `mcp`
            `{transport, url or command, allow}`.
        say (str | Unset): How the result is spoken; `{member}` is filled from it. Default: ''.
        risk (Risk | Unset): How much harm a wrong call can do.
        timeout_secs (float | Unset): After how many seconds a call is given up. Default: 10.0.
        enabled (bool | Unset): Whether it is in use. Default: True.
    """

    name: str | Unset = ""
    description: str | Unset = ""
    examples: list[str] | Unset = UNSET
    parameters: ToolChangeParameters | Unset = UNSET
    kind: ToolChangeKind | Unset = ToolChangeKind.HTTP
    config: ToolChangeConfig | Unset = UNSET
    say: str | Unset = ""
    risk: Risk | Unset = UNSET
    timeout_secs: float | Unset = 10.0
    enabled: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        examples: list[str] | Unset = UNSET
        if not isinstance(self.examples, Unset):
            examples = self.examples

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        config: dict[str, Any] | Unset = UNSET
        if not isinstance(self.config, Unset):
            config = self.config.to_dict()

        say = self.say

        risk: str | Unset = UNSET
        if not isinstance(self.risk, Unset):
            risk = self.risk.value

        timeout_secs = self.timeout_secs

        enabled = self.enabled

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if examples is not UNSET:
            field_dict["examples"] = examples
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
        if kind is not UNSET:
            field_dict["kind"] = kind
        if config is not UNSET:
            field_dict["config"] = config
        if say is not UNSET:
            field_dict["say"] = say
        if risk is not UNSET:
            field_dict["risk"] = risk
        if timeout_secs is not UNSET:
            field_dict["timeout_secs"] = timeout_secs
        if enabled is not UNSET:
            field_dict["enabled"] = enabled

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tool_change_config import ToolChangeConfig  # noqa: PLC0415
        from ..models.tool_change_parameters import ToolChangeParameters  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        examples = cast(list[str], d.pop("examples", UNSET))

        _parameters = d.pop("parameters", UNSET)
        parameters: ToolChangeParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = ToolChangeParameters.from_dict(_parameters)

        _kind = d.pop("kind", UNSET)
        kind: ToolChangeKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = ToolChangeKind(_kind)

        _config = d.pop("config", UNSET)
        config: ToolChangeConfig | Unset
        if isinstance(_config, Unset):
            config = UNSET
        else:
            config = ToolChangeConfig.from_dict(_config)

        say = d.pop("say", UNSET)

        _risk = d.pop("risk", UNSET)
        risk: Risk | Unset
        if isinstance(_risk, Unset):
            risk = UNSET
        else:
            risk = Risk(_risk)

        timeout_secs = d.pop("timeout_secs", UNSET)

        enabled = d.pop("enabled", UNSET)

        tool_change = cls(
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
        )

        return tool_change
