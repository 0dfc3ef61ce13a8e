from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_session_metadata import NewSessionMetadata
    from ..models.new_session_variables import NewSessionVariables


T = TypeVar("T", bound="NewSession")


@_attrs_define
class NewSession:
    """What a session begins with; `variables` fill `{{name}}` in instructions and greetings.

    Attributes:
        agent (None | str | Unset): The agent to begin with; by default the server's default agent.
        title (None | str | Unset): What people see as its name.
        metadata (NewSessionMetadata | Unset): Whatever you want to keep with it.
        variables (NewSessionVariables | Unset): Fill `{{name}}` in the agents' instructions and greetings.
    """

    agent: None | str | Unset = UNSET
    title: None | str | Unset = UNSET
    metadata: NewSessionMetadata | Unset = UNSET
    variables: NewSessionVariables | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agent: None | str | Unset
        if isinstance(self.agent, Unset):
            agent = UNSET
        else:
            agent = self.agent

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        variables: dict[str, Any] | Unset = UNSET
        if not isinstance(self.variables, Unset):
            variables = self.variables.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if agent is not UNSET:
            field_dict["agent"] = agent
        if title is not UNSET:
            field_dict["title"] = title
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if variables is not UNSET:
            field_dict["variables"] = variables

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_session_metadata import NewSessionMetadata  # noqa: PLC0415
        from ..models.new_session_variables import NewSessionVariables  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_agent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        agent = _parse_agent(d.pop("agent", UNSET))

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: NewSessionMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = NewSessionMetadata.from_dict(_metadata)

        _variables = d.pop("variables", UNSET)
        variables: NewSessionVariables | Unset
        if isinstance(_variables, Unset):
            variables = UNSET
        else:
            variables = NewSessionVariables.from_dict(_variables)

        new_session = cls(
            agent=agent,
            title=title,
            metadata=metadata,
            variables=variables,
        )

        return new_session
