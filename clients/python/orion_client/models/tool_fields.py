from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.risk import Risk
from ..models.tool_fields_kind import ToolFieldsKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tool_fields_config import ToolFieldsConfig
    from ..models.tool_fields_parameters import ToolFieldsParameters


T = TypeVar("T", bound="ToolFields")


@_attrs_define
class ToolFields:
    """What a tool as data holds; `config` is checked by its kind.

    Attributes:
        name (str): Its name.
        description (str): What it does, in a sentence; models read it.
        kind (ToolFieldsKind): What kind it is.
        config (ToolFieldsConfig): How the tool is reached: of `http` `{method, url, headers, select}`, of `mcp`
            `{transport, url or command, allow}`.
        examples (list[str] | Unset): What people may say to use it; `{name}` stands for an argument.
        parameters (ToolFieldsParameters | Unset): The arguments as a JSON Schema of an object.
        say (str | Unset): How the result is spoken; `{member}` is filled from it. Default: ''.
        risk (Risk | Unset): How much harm a wrong call can do.
        timeout_secs (float | Unset): After how many seconds a call is given up. Default: 10.0.
        enabled (bool | Unset): Whether it is in use. Default: True.
    """

    name: str
    description: str
    kind: ToolFieldsKind
    config: ToolFieldsConfig
    examples: list[str] | Unset = UNSET
    parameters: ToolFieldsParameters | Unset = UNSET
    say: str | Unset = ""
    risk: Risk | Unset = UNSET
    timeout_secs: float | Unset = 10.0
    enabled: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        kind = self.kind.value

        config = self.config.to_dict()

        examples: list[str] | Unset = UNSET
        if not isinstance(self.examples, Unset):
            examples = self.examples

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        say = self.say

        risk: str | Unset = UNSET
        if not isinstance(self.risk, Unset):
            risk = self.risk.value

        timeout_secs = self.timeout_secs

        enabled = self.enabled

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "description": description,
                "kind": kind,
                "config": config,
            }
        )
        if examples is not UNSET:
            field_dict["examples"] = examples
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
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
        from ..models.tool_fields_config import ToolFieldsConfig  # noqa: PLC0415
        from ..models.tool_fields_parameters import ToolFieldsParameters  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        description = d.pop("description")

        kind = ToolFieldsKind(d.pop("kind"))

        config = ToolFieldsConfig.from_dict(d.pop("config"))

        examples = cast(list[str], d.pop("examples", UNSET))

        _parameters = d.pop("parameters", UNSET)
        parameters: ToolFieldsParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = ToolFieldsParameters.from_dict(_parameters)

        say = d.pop("say", UNSET)

        _risk = d.pop("risk", UNSET)
        risk: Risk | Unset
        if isinstance(_risk, Unset):
            risk = UNSET
        else:
            risk = Risk(_risk)

        timeout_secs = d.pop("timeout_secs", UNSET)

        enabled = d.pop("enabled", UNSET)

        tool_fields = cls(
            name=name,
            description=description,
            kind=kind,
            config=config,
            examples=examples,
            parameters=parameters,
            say=say,
            risk=risk,
            timeout_secs=timeout_secs,
            enabled=enabled,
        )

        return tool_fields
