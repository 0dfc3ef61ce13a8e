from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.connect_variables import ConnectVariables


T = TypeVar("T", bound="Connect")


@_attrs_define
class Connect:
    """With which agent, and as whom; `variables` fill `{{name}}` in instructions and greetings.

    Attributes:
        agent (None | str | Unset): The agent to begin with; by default the server's default agent.
        variables (ConnectVariables | Unset): Fill `{{name}}` in the agents' instructions and greetings.
        identity (str | Unset): What the participants see of the guest. Default: 'guest'.
    """

    agent: None | str | Unset = UNSET
    variables: ConnectVariables | Unset = UNSET
    identity: str | Unset = "guest"

    def to_dict(self) -> dict[str, Any]:
        agent: None | str | Unset
        if isinstance(self.agent, Unset):
            agent = UNSET
        else:
            agent = self.agent

        variables: dict[str, Any] | Unset = UNSET
        if not isinstance(self.variables, Unset):
            variables = self.variables.to_dict()

        identity = self.identity

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if agent is not UNSET:
            field_dict["agent"] = agent
        if variables is not UNSET:
            field_dict["variables"] = variables
        if identity is not UNSET:
            field_dict["identity"] = identity

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.connect_variables import ConnectVariables  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_agent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        agent = _parse_agent(d.pop("agent", UNSET))

        _variables = d.pop("variables", UNSET)
        variables: ConnectVariables | Unset
        if isinstance(_variables, Unset):
            variables = UNSET
        else:
            variables = ConnectVariables.from_dict(_variables)

        identity = d.pop("identity", UNSET)

        connect = cls(
            agent=agent,
            variables=variables,
            identity=identity,
        )

        return connect
